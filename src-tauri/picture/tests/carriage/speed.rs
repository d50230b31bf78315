//! How much goes, and what waits at a bottleneck meanwhile.

use std::time::Duration;

use renfort_picture::carriage::Received;

use crate::{
    delivery::update,
    network::{Way, World, ms},
};

/// A sharer that always has more to send; what it hands over is what there is room for. Bytes that came in each tenth of a
/// second.
fn saturate(world: &mut World, time: Duration, mut at: impl FnMut(&mut World, Duration)) -> Vec<usize> {
    let start = world.now;
    let mut tenths = Vec::new();
    let mut sequence = 0;
    loop {
        // As the planner: a little even where there is no room for it, and no more than so many on their way.
        while world.sharer.room() > 0 && sequence - world.complete < 512 {
            sequence += 1;
            let length = world.sharer.room().clamp(600, 30_000);
            world.sharer.send_update(update(sequence, length)).unwrap();
            world.send();
        }
        let Some((_, all)) = world.step(start + time) else {
            return tenths;
        };
        let tenth = ((world.now - start).as_millis() / 100) as usize;
        tenths.resize(tenths.len().max(tenth + 1), 0);
        for one in all {
            if let Received::Update(bytes) = one {
                tenths[tenth] += bytes.len();
                world.carry_out(&bytes);
            }
        }
        at(world, world.now - start);
    }
}

fn megabits(tenths: &[usize]) -> f64 {
    tenths.iter().sum::<usize>() as f64 * 8.0 / 1e6 / (tenths.len() as f64 / 10.0)
}

fn bottleneck(megabits: u64, queue: u64, round_trip: Duration) -> Way {
    Way {
        bottleneck: Some((megabits * 125_000, queue)),
        ..Way::of(round_trip / 2)
    }
}

#[test]
fn a_local_networks_rate_is_reached_within_a_few_round_trips() {
    for (rate, round_trip) in [(100, ms(1)), (100, ms(4)), (1_000, ms(1))] {
        let mut world = World::new(bottleneck(rate, 250_000, round_trip), Way::of(round_trip / 2), 1);
        let tenths = saturate(&mut world, ms(1_000), |_, _| {});
        let wanted = (rate as f64 * 0.85).min(400.0);
        assert!(
            megabits(&tenths[..1]) > wanted * 0.7,
            "first tenth of {rate}: {tenths:?}"
        );
        assert!(megabits(&tenths) > wanted, "{rate}: {tenths:?}");
        println!(
            "{rate} Mbit/s, {round_trip:?}: {:.1} in the first tenth, {:.1} in all, waits {:?}",
            megabits(&tenths[..1]),
            megabits(&tenths),
            world.to_viewer.longest
        );
    }
}

#[test]
fn a_narrow_bottlenecks_queue_is_never_long() {
    for round_trip in [10, 30, 60, 120, 300].map(ms) {
        let mut world = World::new(bottleneck(5, 1_000_000, round_trip), Way::of(round_trip / 2), 1);
        let tenths = saturate(&mut world, ms(20_000), |_, _| {});
        println!(
            "5 Mbit/s, {round_trip:?}: {:.2} Mbit/s in the first second, {:.2} after, waits {:?}",
            megabits(&tenths[..10]),
            megabits(&tenths[20..]),
            world.to_viewer.longest
        );
        assert!(
            world.to_viewer.longest < ms(100),
            "{:?} of {round_trip:?}",
            world.to_viewer.longest
        );
        assert!(megabits(&tenths[20..]) > 4.0, "{round_trip:?}: {tenths:?}");
    }
}

#[test]
fn chance_losses_do_not_slow_it_down() {
    for lost in [10, 50, 100] {
        let way = Way {
            lost,
            ..bottleneck(20, 300_000, ms(40))
        };
        let mut world = World::new(
            way,
            Way {
                lost,
                ..Way::of(ms(20))
            },
            1,
        );
        let tenths = saturate(&mut world, ms(10_000), |_, _| {});
        let rate = megabits(&tenths[20..]);
        println!("20 Mbit/s, 40 ms, {lost} of 1000 lost: {rate:.1} Mbit/s");
        assert!(rate > 20.0 * (1.0 - lost as f64 / 1000.0) * 0.75, "{lost}: {tenths:?}");
    }
}

#[test]
fn a_small_queue_that_overflows_is_no_catastrophe() {
    let mut world = World::new(bottleneck(10, 10_000, ms(40)), Way::of(ms(20)), 1);
    let tenths = saturate(&mut world, ms(10_000), |_, _| {});
    assert!(megabits(&tenths[20..]) > 6.0, "{tenths:?}");
    let wasted = world.to_viewer.bytes as f64 / tenths.iter().sum::<usize>() as f64;
    assert!(wasted < 1.3, "{wasted}");
}

#[test]
fn a_rate_that_falls_is_noticed_within_a_second() {
    let mut world = World::new(bottleneck(20, 2_000_000, ms(40)), Way::of(ms(20)), 1);
    let mut longest = Vec::new();
    let tenths = saturate(&mut world, ms(8_000), |world, passed| {
        if passed > ms(3_000) {
            world.to_viewer.bottleneck = Some((625_000, 2_000_000));
        }
        let second = passed.as_secs() as usize;
        if longest.len() <= second {
            longest.resize(second + 1, Duration::ZERO);
            world.to_viewer.longest = Duration::ZERO;
        }
        longest[second] = world.to_viewer.longest;
    });
    println!(
        "20 to 5 Mbit/s: {longest:?}, {:.2} Mbit/s after",
        megabits(&tenths[50..])
    );
    assert!(longest[3] < ms(400) && longest[5] < ms(100), "{longest:?}");
    assert!(megabits(&tenths[50..]) > 3.5, "{tenths:?}");
}

#[test]
fn a_network_that_reorders_is_used_all_the_same() {
    let way = Way {
        jitter: ms(8),
        ..bottleneck(50, 500_000, ms(10))
    };
    let mut world = World::new(
        way,
        Way {
            jitter: ms(8),
            ..Way::of(ms(5))
        },
        1,
    );
    let tenths = saturate(&mut world, ms(4_000), |_, _| {});
    let wasted = world.to_viewer.bytes as f64 / tenths.iter().sum::<usize>() as f64;
    println!(
        "50 Mbit/s, jitter: {:.1}, {wasted:.3} times the bytes",
        megabits(&tenths[5..])
    );
    assert!(megabits(&tenths[5..]) > 30.0, "{tenths:?}");
    assert!(wasted < 1.25, "{wasted}");
}
