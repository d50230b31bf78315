//! Whatever happens on a screen, and in whatever order it travels.

use std::time::Duration;

use proptest::prelude::*;
use renfort_picture::{Composer, Means, Picture, Planner, Rect};

use super::{
    Turn,
    alike::{assert_alike, blurred},
    model::Model,
    plan,
    screen::{Act, Screen},
};

fn rect() -> impl Strategy<Value = Rect> {
    (0_u16..300, 0_u16..200, 1_u16..330, 1_u16..230).prop_map(|(x, y, width, height)| Rect { x, y, width, height })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0_u16..320, 0_u16..220).prop_map(|(x, y)| Act::Letter(x, y)),
        4 => (rect(), -60_i16..60).prop_map(|(rect, by)| Act::Scroll(rect, by)),
        4 => (rect(), 0_u16..300, 0_u16..200).prop_map(|(rect, x, y)| Act::Drag(rect, x, y)),
        3 => (rect(), 0_u32..3).prop_map(|(rect, seed)| Act::Page(rect, seed)),
        3 => (0_u32..3).prop_map(|seed| Act::Page(ALL, seed)),
        1 => (rect(), any::<u32>()).prop_map(|(rect, seed)| Act::Photograph(rect, seed)),
        2 => (0_u16..5, 0_u16..3, 1_u16..3, 1_u16..3, 0_u32..4)
            .prop_map(|(x, y, width, height, seed)| Act::Alike(Rect { x, y, width, height }, seed)),
        1 => (rect(), any::<u32>()).prop_map(|(rect, colour)| Act::Fill(rect, colour)),
        1 => (1_u16..400, 1_u16..300).prop_map(|(width, height)| Act::Resize(width, height)),
    ]
}

fn room() -> impl Strategy<Value = usize> {
    prop_oneof![2 => 0_usize..9_000, 1 => Just(100_000)]
}

const ALL: Rect = Rect {
    x: 0,
    y: 0,
    width: 320,
    height: 220,
};

proptest! {
    #[test]
    fn updates_in_any_order_lost_and_sent_again_or_doubled_end_in_the_same_picture(
        acts in prop::collection::vec((act(), 0_u64..800, room(), any::<u64>()), 1..24),
    ) {
        let mut screen = Screen::new(320, 220);
        screen.act(&Act::Page(ALL, 1));
        let (mut planner, mut composer) = (Planner::new(), Composer::new());
        let (mut way, mut model) = (Way::default(), Model::default());
        for (act, pause, room, mut chance) in acts {
            // What rests in between is kept once something else takes its place.
            screen.time += Duration::from_millis(pause);
            screen.act(&act);
            let means = Means { at: screen.time, room, soon: 3_000, video: chance % 4 != 0 };
            let plan = plan(&mut screen, &mut planner, means);
            way.send(&mut planner, &screen, plan, &mut model);
            // Some arrive, in an order of chance, and some of these twice; some frames do, in their order.
            while !way.updates.is_empty() && chance % 3 != 0 {
                let at = chance as usize / 3 % way.updates.len();
                let twice = chance % 5 == 0;
                let bytes = if twice { way.updates[at].clone() } else { way.updates.swap_remove(at) };
                model.take(&bytes, &mut composer);
                if chance % 7 < 4 && !way.frames.is_empty() {
                    let (timestamp, frame) = way.frames.remove(0);
                    model.frame(timestamp, &frame, &mut composer);
                }
                chance /= 7;
            }
            if chance % 2 == 0 {
                planner.acknowledged(composer.complete());
            }
        }
        while !planner.is_settled() {
            screen.time += Duration::from_millis(250);
            let means = Means { at: screen.time, room: 100_000, soon: 100_000, video: false };
            let plan = plan(&mut screen, &mut planner, means);
            way.send(&mut planner, &screen, plan, &mut model);
        }
        while let Some(bytes) = way.updates.pop() {
            model.take(&bytes, &mut composer);
            if way.updates.len() % 3 == 0 && !way.frames.is_empty() {
                let (timestamp, frame) = way.frames.remove(0);
                model.frame(timestamp, &frame, &mut composer);
            }
        }
        for (timestamp, frame) in way.frames {
            model.frame(timestamp, &frame, &mut composer);
        }
        prop_assert!(composer.missing(10).is_empty());
        assert_alike(&screen.picture, composer.picture());
    }
}

/// What is between sharer and viewer.
#[derive(Default)]
struct Way {
    updates: Vec<Vec<u8>>,
    sent: u32,
    frames: Vec<(u32, Picture)>,
    timestamp: u32,
}

impl Way {
    fn send(&mut self, planner: &mut Planner, screen: &Screen, plan: Turn, model: &mut Model) {
        model.shares(self.sent + 1, &screen.picture);
        self.sent += u32::try_from(plan.updates.len()).unwrap();
        self.updates
            .extend(plan.updates.into_iter().map(|planned| planned.bytes));
        if plan.video.is_empty() {
            return;
        }
        self.timestamp += 3_000;
        self.sent += 1;
        let planned = planner.video(self.timestamp, &plan.video, &screen.picture, screen.time);
        self.updates.push(planned.bytes);
        self.frames.push((self.timestamp, blurred(&screen.picture)));
    }
}
