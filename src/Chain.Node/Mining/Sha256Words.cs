using System.Numerics;

namespace Chain.Node.Mining;

/// <summary>The constants of SHA-256 (FIPS 180-4), and its compression on plain words for what a job reckons once.</summary>
internal static class Sha256Words
{
    internal const int Rounds = 64;

    /// <summary>Words in a state and in a hash.</summary>
    internal const int StateSize = 8;

    /// <summary>Words in a block of message.</summary>
    internal const int BlockSize = 16;

    /// <summary>The bit that is set behind a message.</summary>
    internal const uint EndOfMessage = 0x80000000;

    /// <summary>The only block of a message that is itself a hash: room for it, then the padding with its length in bits.</summary>
    internal static ReadOnlySpan<uint> BlockOfHash => [0, 0, 0, 0, 0, 0, 0, 0, EndOfMessage, 0, 0, 0, 0, 0, 0, 256];

    /// <summary>The hash before the first block.</summary>
    internal static ReadOnlySpan<uint> InitialHash =>
    [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];

    /// <summary>One constant for each of the 64 rounds.</summary>
    internal static ReadOnlySpan<uint> K =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>The small sigma 0 of the message schedule.</summary>
    internal static uint Sigma0(uint x) => BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3);

    /// <summary>The small sigma 1 of the message schedule.</summary>
    internal static uint Sigma1(uint x) => BitOperations.RotateRight(x, 17) ^ BitOperations.RotateRight(x, 19) ^ (x >> 10);

    /// <summary>One round on the eight words of a state.</summary>
    internal static void Round(Span<uint> state, uint k, uint word)
    {
        unchecked
        {
            var (a, e) = (state[0], state[4]);
            var t1 = state[7] + k + word
                + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25))
                + (state[6] ^ (e & (state[5] ^ state[6])));
            var t2 = (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22))
                + ((a & state[1]) | (state[2] & (a | state[1])));
            state[..7].CopyTo(state[1..]);
            state[4] += t1;
            state[0] = t1 + t2;
        }
    }

    /// <summary>Takes one block into a hash.</summary>
    internal static void Compress(Span<uint> hash, ReadOnlySpan<uint> block)
    {
        unchecked
        {
            Span<uint> words = stackalloc uint[Rounds];
            block.CopyTo(words);
            for (var i = BlockSize; i < Rounds; i++) words[i] = Sigma1(words[i - 2]) + words[i - 7] + Sigma0(words[i - 15]) + words[i - 16];
            Span<uint> state = stackalloc uint[StateSize];
            hash.CopyTo(state);
            for (var i = 0; i < Rounds; i++) Round(state, K[i], words[i]);
            for (var i = 0; i < StateSize; i++) hash[i] += state[i];
        }
    }
}
