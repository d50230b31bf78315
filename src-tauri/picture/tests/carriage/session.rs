//! A screen that is shared: planner, carriage, composer.

use std::time::Duration;

use renfort_picture::{Composer, Means, Picture, PixelFormat, Planner, Rect, Size, carriage::Received};

use super::{
    alike::{assert_alike, blurred},
    model::Model,
    network::{Way, World, ms},
};

/// Both ends of a session and what is between them.
pub struct Session {
    pub world: World,
    pub composer: Composer,
    /// What is on the user's screen.
    screen: Picture,
    planner: Planner,
    /// Composes all once more, slowly, and compares what is shown with what was on the screen.
    model: Option<Model>,
    /// Updates that were sent.
    sent: u32,
    timestamp: u32,
    /// The last frame.
    frame: Picture,
}

impl Session {
    /// Over such a network, with this on the user's screen.
    pub fn new(way: Way, seed: u64, screen: &Picture) -> Self {
        Self {
            world: World::symmetric(way, seed),
            screen: screen.clone(),
            planner: Planner::new(),
            composer: Composer::new(),
            model: None,
            sent: 0,
            timestamp: 0,
            frame: Picture::new(Size::default(), PixelFormat::Rgba),
        }
    }

    /// Compares what is shown with what was on the screen.
    pub fn compared(self) -> Self {
        Self {
            model: Some(Model::default()),
            ..self
        }
    }

    /// This is on the user's screen, on which that was damaged.
    pub fn changes(&mut self, screen: &Picture, damage: &[Rect]) {
        self.screen.clone_from(screen);
        self.planner.damage(damage);
    }

    /// A turn of the planner, with what there is room for.
    fn plan(&mut self, video: bool) {
        let means = Means {
            at: self.world.now,
            room: self.world.sharer.room(),
            soon: self.world.sharer.soon(),
            video,
        };
        if let Some(model) = &mut self.model {
            model.shares(self.sent + 1, &self.screen);
        }
        let (sharer, sent) = (&mut self.world.sharer, &mut self.sent);
        let plan = self
            .planner
            .next(&self.screen, means, &mut |update| {
                *sent = update.sequence;
                sharer.send_update(update).unwrap();
            })
            .unwrap();
        if !plan.video.is_empty() {
            self.timestamp += 3_000;
            self.frame = blurred(&self.screen);
            let update = self
                .planner
                .video(self.timestamp, &plan.video, &self.screen, self.world.now);
            self.sent = update.sequence;
            self.world.sharer.send_update(update).unwrap();
        }
    }

    /// So much time passes.
    pub fn run(&mut self, time: Duration, video: bool) {
        let until = self.world.now + time;
        self.plan(video);
        while let Some((_, all)) = self.world.step(until) {
            for one in all {
                match one {
                    Received::Update(bytes) => {
                        match &mut self.model {
                            Some(model) => model.take(&bytes, &mut self.composer),
                            None => drop(self.composer.take(&bytes).unwrap()),
                        }
                        let complete = self.composer.complete();
                        self.world.viewer.completed(self.world.picture, complete);
                        // Its frame is there when it may be, or never is.
                        if self.composer.wants(self.timestamp) {
                            match &mut self.model {
                                Some(model) => model.frame(self.timestamp, &self.frame, &mut self.composer),
                                None => drop(self.composer.frame(self.timestamp, &self.frame)),
                            }
                        }
                    }
                    Received::Complete(complete) => self.planner.acknowledged(complete),
                    Received::Message(_) | Received::Begun(_) => {}
                }
            }
            self.plan(video);
        }
    }

    /// Everything arrives, and both pictures are alike.
    pub fn settle(&mut self) {
        for _ in 0..600 {
            self.run(ms(200), false);
            if self.planner.is_settled() && self.world.is_quiet() {
                break;
            }
        }
        assert!(self.planner.is_settled() && self.world.is_quiet());
        assert!(self.composer.missing(10).is_empty());
        assert_alike(&self.screen, self.composer.picture());
    }
}
