//! What holds for the machine whatever happens, in whichever order.

use crate::world::World;

#[test]
fn the_machine_keeps_its_promises_in_every_world() {
    for seed in 1_000..1_200 {
        World::new(seed, &mut |_, _, _| {}).live(600);
    }
}
