//! The hash of the vocabulary tables: the build script places tokens by it, the counter finds them by it.
//!
//! A table is a perfect hash in the manner of CHD (Belazzougui, Botelho, Dietzfelbinger: "Hash, displace, and
//! compress", 2009): the hash names a bucket, the bucket's displacement names the one slot a key can be in.
#![allow(clippy::cast_possible_truncation, reason = "a hash keeps the bits it needs")]

const MIX: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xd6e8_feb8_6659_fd93, 0xa076_1d64_78bd_642f];

/// The hash of a key of at most 8 bytes, read little-endian and padded with zeros.
#[inline]
pub fn short(key: u64, length: usize) -> u64 {
    fold(key ^ (length as u64).wrapping_mul(MIX[1]), MIX[0])
}

/// The hash of a key of 9 to 16 bytes: its first 8 bytes, and the rest padded with zeros.
#[inline]
pub fn medium(low: u64, high: u64, length: usize) -> u64 {
    fold(fold(low ^ MIX[2], MIX[1]) ^ high, MIX[0] ^ length as u64)
}

/// The hash of a pair of ranks.
#[inline]
pub fn pair(pair: u64) -> u64 {
    fold(pair ^ MIX[2], MIX[0])
}

/// The hash of a longer key.
pub fn long(key: &[u8]) -> u64 {
    let (chunks, rest) = key.as_chunks::<8>();
    let body = chunks.iter().fold(MIX[2], |hash, chunk| fold(hash ^ u64::from_le_bytes(*chunk), MIX[1]));
    fold(rest.iter().fold(body, |hash, &byte| fold(hash ^ u64::from(byte), MIX[2])), MIX[0])
}

/// The bucket of a hash, among `buckets`.
#[inline]
pub fn bucket(hash: u64, buckets: usize) -> usize {
    reduce(hash as u32, buckets)
}

/// The slot of a hash under its bucket's displacement, among `slots`.
#[inline]
pub fn slot(hash: u64, displacement: u16, slots: usize) -> usize {
    let moved = (hash ^ (u64::from(displacement) + 1).wrapping_mul(MIX[1])).wrapping_mul(MIX[2]);
    reduce((moved >> 32) as u32, slots)
}

/// The byte and the bit of a hash in a filter of that many bytes.
#[inline]
pub fn filter(hash: u64, bytes: usize) -> (usize, u8) {
    (reduce((hash >> 32) as u32, bytes), 1 << (hash & 7))
}

/// Maps 32 even bits onto `0..range` without a division (Lemire, 2016).
#[inline]
fn reduce(bits: u32, range: usize) -> usize {
    ((u64::from(bits) * range as u64) >> 32) as usize
}

#[inline]
fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    (product as u64) ^ (product >> 64) as u64
}
