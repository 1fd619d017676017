//! A head, as simple as it can be: what a scorer of hearts must refuse.

use super::{
    body::hu,
    scene::{Frame, Scene},
};

/// Scalp, skull, brain with its ventricles, and air in the nose.
pub(super) fn scene(frame: Frame) -> Scene {
    let mut scene = Scene::new(frame);
    let centre = [0.0, -26.0, 10.0];
    scene.ellipsoid(centre, [82.0, 102.0, 98.0], hu::SOFT);
    scene.ellipsoid(centre, [76.0, 96.0, 92.0], 900.0);
    scene.ellipsoid(centre, [70.0, 90.0, 86.0], 35.0);
    for side in [-1.0, 1.0] {
        scene.ellipsoid([side * 9.0, -30.0, 15.0], [5.0, 30.0, 14.0], 8.0);
        scene.ellipsoid([side * 16.0, -100.0, -62.0], [12.0, 16.0, 14.0], hu::AIR);
    }
    scene
}
