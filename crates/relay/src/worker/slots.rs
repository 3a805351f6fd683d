//! Places for connections: looked up by number per packet, by number and generation when an answer may come late.

/// Names a connection for as long as it lives, and nothing afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConnectionKey {
    pub(super) slot: u32,
    generation: u32,
}

/// A list with holes.
#[derive(Debug)]
pub(super) struct Slots<T> {
    places: Vec<Place<T>>,
    free: Vec<u32>,
}

#[derive(Debug)]
pub(super) struct Place<T> {
    generation: u32,
    value: Option<T>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self { places: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slots<T> {
    /// Puts in what `make` makes of its key.
    pub(super) fn insert(&mut self, make: impl FnOnce(ConnectionKey) -> T) -> ConnectionKey {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.places.push(Place { generation: 0, value: None });
            (self.places.len() - 1) as u32
        });
        let place = &mut self.places[slot as usize];
        let key = ConnectionKey { slot, generation: place.generation };
        place.value = Some(make(key));
        key
    }

    pub(super) fn remove(&mut self, key: ConnectionKey) -> Option<T> {
        let place = self.places.get_mut(key.slot as usize)?;
        if place.generation != key.generation {
            return None;
        }
        let value = place.value.take()?;
        place.generation = place.generation.wrapping_add(1);
        self.free.push(key.slot);
        Some(value)
    }

    pub(super) fn get(&self, key: ConnectionKey) -> Option<&T> {
        self.places.get(key.slot as usize).filter(|place| place.generation == key.generation)?.value.as_ref()
    }

    pub(super) fn get_mut(&mut self, key: ConnectionKey) -> Option<&mut T> {
        self.places
            .get_mut(key.slot as usize)
            .filter(|place| place.generation == key.generation)?
            .value
            .as_mut()
    }

    pub(super) fn at(&self, slot: u32) -> Option<&T> {
        self.places.get(slot as usize)?.value.as_ref()
    }

    pub(super) fn at_mut(&mut self, slot: u32) -> Option<&mut T> {
        self.places.get_mut(slot as usize)?.value.as_mut()
    }

    /// Where a connection lies, or would.
    pub(super) fn place(&self, slot: u32) -> Option<&Place<T>> {
        self.places.get(slot as usize)
    }

    /// Both of two different connections.
    pub(super) fn pair_mut(&mut self, a: u32, b: u32) -> Option<(&mut T, &mut T)> {
        let [a, b] = self.places.get_disjoint_mut([a as usize, b as usize]).ok()?;
        Some((a.value.as_mut()?, b.value.as_mut()?))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.places.iter_mut().filter_map(|place| place.value.as_mut())
    }

    /// How many places there are, with and without a value.
    pub(super) fn places(&self) -> u32 {
        self.places.len() as u32
    }

    pub(super) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }
}
