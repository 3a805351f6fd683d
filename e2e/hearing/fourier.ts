/**
 * Cross-correlation by Fourier transform: what makes it cheap enough to search for speech at 48,000 samples a second.
 */

/** For every lag `l` from 0 to `long.length - short.length`: the sum of `short[i] * long[i + l]`. */
export function correlate(short: Float64Array, long: Float64Array): Float64Array {
  const size = 2 ** Math.ceil(Math.log2(short.length + long.length));
  const [a, aImaginary] = padded(short, size);
  const [b, bImaginary] = padded(long, size);
  transform(a, aImaginary, 'forward');
  transform(b, bImaginary, 'forward');
  for (let i = 0; i < size; i++) {
    // conj(A) * B: a correlation is a convolution with one side reversed.
    const real = a[i]! * b[i]! + aImaginary[i]! * bImaginary[i]!;
    const imaginary = a[i]! * bImaginary[i]! - aImaginary[i]! * b[i]!;
    a[i] = real;
    aImaginary[i] = imaginary;
  }
  transform(a, aImaginary, 'inverse');
  return a.slice(0, Math.max(0, long.length - short.length + 1));
}

function padded(values: Float64Array, size: number): [real: Float64Array, imaginary: Float64Array] {
  const real = new Float64Array(size);
  real.set(values);
  return [real, new Float64Array(size)];
}

/** Radix-2 transform in place (Cooley and Tukey); the length must be a power of two. */
function transform(real: Float64Array, imaginary: Float64Array, direction: 'forward' | 'inverse'): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j]!, real[i]!];
      [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
    }
  }
  const sign = direction === 'forward' ? -1 : 1;
  for (let width = 2; width <= n; width *= 2) {
    const half = width / 2;
    const cosines = Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / width));
    const sines = Float64Array.from({ length: half }, (_, k) => sign * Math.sin((2 * Math.PI * k) / width));
    for (let start = 0; start < n; start += width) {
      for (let k = 0; k < half; k++) {
        const low = start + k;
        const high = low + half;
        const r = real[high]! * cosines[k]! - imaginary[high]! * sines[k]!;
        const m = real[high]! * sines[k]! + imaginary[high]! * cosines[k]!;
        real[high] = real[low]! - r;
        imaginary[high] = imaginary[low]! - m;
        real[low] = real[low]! + r;
        imaginary[low] = imaginary[low]! + m;
      }
    }
  }
  if (direction === 'inverse') {
    for (let i = 0; i < n; i++) {
      real[i] = real[i]! / n;
      imaginary[i] = imaginary[i]! / n;
    }
  }
}
