//! The fuzzer's bytes, read as instructions. Past the end every number is 0.

pub struct Script<'a>(pub &'a [u8]);

impl<'a> Script<'a> {
    pub fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    pub fn is_left(&self) -> bool {
        !self.0.is_empty()
    }

    /// One of `of`; 0 of none.
    pub fn pick(&mut self, of: usize) -> usize {
        let high = self.byte().unwrap_or(0);
        let low = self.byte().unwrap_or(0);
        usize::from(u16::from_be_bytes([high, low])).checked_rem(of).unwrap_or(0)
    }

    pub fn u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        bytes.fill_with(|| self.byte().unwrap_or(0));
        u64::from_be_bytes(bytes)
    }

    /// Up to 15 bytes, as they stand.
    pub fn literal(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte().unwrap_or(0) % 16).min(self.0.len());
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }
}
