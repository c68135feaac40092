using System.Numerics;
using System.Runtime.CompilerServices;

namespace Chain.Node.Mining;

/// <summary>
/// Double SHA-256 of headers that differ in their nonce, as many side by side as there are lanes. One text for all widths:
/// the JIT makes a machine-code version for each.
/// </summary>
/// <remarks>
/// The schedules leave out the words of the message that are zero. The second hash stops after round 60, whose <c>e</c>
/// becomes the last word of the result: its most significant one as a number, by which nearly every nonce is rejected.
/// No method is longer than what the JIT inlines whole; what passes between them lies in the first-level cache.
/// </remarks>
internal static unsafe class NonceKernel<TLanes, TWord>
    where TLanes : struct, ILanes<TWord>
    where TWord : unmanaged
{
    private const int Rounds = Sha256Words.Rounds;
    private const int StateSize = Sha256Words.StateSize;
    private const int LastRoundThatCounts = 60;

    /// <summary>Words from this one on are made during the rounds, eight ahead.</summary>
    private const int FirstGeneralWord = 32;

    /// <summary>A cache line: a vector that lies across two costs two loads.</summary>
    private const int Alignment = 64;

    /// <summary>Looks at <paramref name="steps"/> times as many nonces as there are lanes, in order, and gives the first that meets the target.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static uint? Find(HeaderJob job, uint firstNonce, int steps)
    {
        unchecked
        {
            const int Words = (3 * Rounds) + (4 * StateSize);
            var memory = stackalloc byte[(Words * sizeof(TWord)) + Alignment];
            var k = (TWord*)(((nuint)memory + Alignment - 1) & ~(nuint)(Alignment - 1));
            var header = k + Rounds;
            var hash = header + Rounds;
            var stateAtNonce = hash + Rounds;
            var midstate = stateAtNonce + StateSize;
            var initial = midstate + StateSize;
            var state = initial + StateSize;
            Broadcast(Sha256Words.K, k);
            Broadcast(job.SecondBlock, header);
            Broadcast(Sha256Words.BlockOfHash, hash);
            Broadcast(job.StateAtNonce, stateAtNonce);
            Broadcast(job.Midstate, midstate);
            Broadcast(Sha256Words.InitialHash, initial);

            var limit = TLanes.Broadcast(job.TopWord);
            for (var step = 0; step < steps; step++)
            {
                var nonce = firstNonce + (uint)(step * TLanes.Count);
                header[HeaderJob.NonceWord] = TLanes.SwapBytes(TLanes.CountUp(nonce));
                ScheduleHeader(header);
                Compress(stateAtNonce, header, k, state, HeaderJob.NonceWord, Rounds);
                for (var i = 0; i < StateSize; i++) hash[i] = TLanes.Add(state[i], midstate[i]);

                ScheduleHash(hash);
                Compress(initial, hash, k, state, 0, LastRoundThatCounts + 1);
                var top = TLanes.SwapBytes(TLanes.Add(state[4], initial[7]));
                for (var mask = TLanes.AtMost(top, limit); mask != 0; mask &= mask - 1)
                {
                    var candidate = nonce + (uint)BitOperations.TrailingZeroCount(mask);
                    if (job.IsMetBy(candidate)) return candidate;
                }
            }

            return null;
        }
    }

    private static void Broadcast(ReadOnlySpan<uint> values, TWord* destination)
    {
        foreach (var value in values) *destination++ = TLanes.Broadcast(value);
    }

    /// <summary>Words 18 to 31 of the header's second block: behind the nonce, only w4 and w15 are not zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScheduleHeader(TWord* w)
    {
        unchecked
        {
            w[18] = TLanes.Add(TLanes.Add(Sigma1(w[16]), Sigma0(w[3])), w[2]);
            w[19] = TLanes.Add(TLanes.Add(Sigma1(w[17]), Sigma0(w[4])), w[3]);
            w[20] = TLanes.Add(Sigma1(w[18]), w[4]);
            w[21] = Sigma1(w[19]);
            w[22] = TLanes.Add(Sigma1(w[20]), w[15]);
            for (var i = 23; i < 30; i++) w[i] = TLanes.Add(Sigma1(w[i - 2]), w[i - 7]);
            w[30] = TLanes.Add(TLanes.Add(Sigma1(w[28]), w[23]), Sigma0(w[15]));
            w[31] = TLanes.Add(TLanes.Add(Sigma1(w[29]), w[24]), TLanes.Add(Sigma0(w[16]), w[15]));
        }
    }

    /// <summary>Words 16 to 31 of the second hash's only block: behind the first hash, only w8 and w15 are not zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScheduleHash(TWord* w)
    {
        unchecked
        {
            w[16] = TLanes.Add(Sigma0(w[1]), w[0]);
            w[17] = TLanes.Add(TLanes.Add(Sigma1(w[15]), Sigma0(w[2])), w[1]);
            for (var i = 18; i < 22; i++) w[i] = TLanes.Add(TLanes.Add(Sigma1(w[i - 2]), Sigma0(w[i - 15])), w[i - 16]);
            w[22] = TLanes.Add(TLanes.Add(Sigma1(w[20]), w[15]), TLanes.Add(Sigma0(w[7]), w[6]));
            w[23] = TLanes.Add(TLanes.Add(Sigma1(w[21]), w[16]), TLanes.Add(Sigma0(w[8]), w[7]));
            w[24] = TLanes.Add(TLanes.Add(Sigma1(w[22]), w[17]), w[8]);
            for (var i = 25; i < 30; i++) w[i] = TLanes.Add(Sigma1(w[i - 2]), w[i - 7]);
            w[30] = TLanes.Add(TLanes.Add(Sigma1(w[28]), w[23]), Sigma0(w[15]));
            w[31] = TLanes.Add(TLanes.Add(Sigma1(w[29]), w[24]), TLanes.Add(Sigma0(w[16]), w[15]));
        }
    }

    /// <summary>
    /// Runs rounds <paramref name="from"/> to <paramref name="to"/> (exclusive) and makes the words from 32 on as it goes:
    /// rounds wait for each other, and the schedule fills the gaps.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compress(TWord* start, TWord* words, TWord* k, TWord* state, int from, int to)
    {
        unchecked
        {
            TWord a = start[0], b = start[1], c = start[2], d = start[3], e = start[4], f = start[5], g = start[6], h = start[7];
            var i = from;
            for (; i % 8 != 0; i++) RoundAndMove(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h, k[i], words[i]);
            for (; i < FirstGeneralWord - 8; i += 8) EightRounds(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h, k + i, words + i);

            // The newest two words stay in registers: each waits for the one before the last.
            TWord even = words[FirstGeneralWord - 2], odd = words[FirstGeneralWord - 1];
            for (; i < Rounds - 8; i += 8)
            {
                var w = words + i;
                var c8 = k + i;
                w[8] = even = Extend(even, w + 8);
                Round(a, b, c, ref d, e, f, g, ref h, c8[0], w[0]);
                w[9] = odd = Extend(odd, w + 9);
                Round(h, a, b, ref c, d, e, f, ref g, c8[1], w[1]);
                w[10] = even = Extend(even, w + 10);
                Round(g, h, a, ref b, c, d, e, ref f, c8[2], w[2]);
                w[11] = odd = Extend(odd, w + 11);
                Round(f, g, h, ref a, b, c, d, ref e, c8[3], w[3]);
                w[12] = even = Extend(even, w + 12);
                Round(e, f, g, ref h, a, b, c, ref d, c8[4], w[4]);
                w[13] = odd = Extend(odd, w + 13);
                Round(d, e, f, ref g, h, a, b, ref c, c8[5], w[5]);
                w[14] = even = Extend(even, w + 14);
                Round(c, d, e, ref f, g, h, a, ref b, c8[6], w[6]);
                w[15] = odd = Extend(odd, w + 15);
                Round(b, c, d, ref e, f, g, h, ref a, c8[7], w[7]);
            }

            for (; i < to; i++) RoundAndMove(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h, k[i], words[i]);
            state[0] = a;
            state[1] = b;
            state[2] = c;
            state[3] = d;
            state[4] = e;
            state[5] = f;
            state[6] = g;
            state[7] = h;
        }
    }

    /// <summary>Eight rounds in which the letters move instead of the words: after eight they are back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightRounds(
        ref TWord a, ref TWord b, ref TWord c, ref TWord d, ref TWord e, ref TWord f, ref TWord g, ref TWord h, TWord* k, TWord* w)
    {
        Round(a, b, c, ref d, e, f, g, ref h, k[0], w[0]);
        Round(h, a, b, ref c, d, e, f, ref g, k[1], w[1]);
        Round(g, h, a, ref b, c, d, e, ref f, k[2], w[2]);
        Round(f, g, h, ref a, b, c, d, ref e, k[3], w[3]);
        Round(e, f, g, ref h, a, b, c, ref d, k[4], w[4]);
        Round(d, e, f, ref g, h, a, b, ref c, k[5], w[5]);
        Round(c, d, e, ref f, g, h, a, ref b, k[6], w[6]);
        Round(b, c, d, ref e, f, g, h, ref a, k[7], w[7]);
    }

    /// <summary>One round in which the words move, where there are not eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RoundAndMove(
        ref TWord a, ref TWord b, ref TWord c, ref TWord d, ref TWord e, ref TWord f, ref TWord g, ref TWord h, TWord k, TWord w)
    {
        Round(a, b, c, ref d, e, f, g, ref h, k, w);
        (a, b, c, d, e, f, g, h) = (h, a, b, c, d, e, f, g);
    }

    /// <summary>
    /// One round: <paramref name="d"/> becomes the next <c>e</c>, <paramref name="h"/> the next <c>a</c>. Added up so that the
    /// way from one <c>e</c>, and one <c>a</c>, to the next is as short as can be; the textbook's order is slower.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(TWord a, TWord b, TWord c, ref TWord d, TWord e, TWord f, TWord g, ref TWord h, TWord k, TWord w)
    {
        var u = TLanes.Add(TLanes.Add(TLanes.Add(h, k), w), TLanes.Choose(e, f, g));
        var s = TLanes.Xor(TLanes.RotateRight(e, 6), TLanes.RotateRight(e, 11), TLanes.RotateRight(e, 25));
        d = TLanes.Add(TLanes.Add(u, d), s);
        h = TLanes.Add(
            TLanes.Add(TLanes.Add(u, TLanes.Majority(a, b, c)), s),
            TLanes.Xor(TLanes.RotateRight(a, 2), TLanes.RotateRight(a, 13), TLanes.RotateRight(a, 22)));
    }

    /// <summary>The word at <paramref name="w"/>, any from 32 on, from those before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWord Extend(TWord twoBefore, TWord* w) =>
        unchecked(TLanes.Add(TLanes.Add(Sigma1(twoBefore), w[-7]), TLanes.Add(Sigma0(w[-15]), w[-16])));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWord Sigma0(TWord x) => TLanes.Xor(TLanes.RotateRight(x, 7), TLanes.RotateRight(x, 18), TLanes.ShiftRight(x, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWord Sigma1(TWord x) => TLanes.Xor(TLanes.RotateRight(x, 17), TLanes.RotateRight(x, 19), TLanes.ShiftRight(x, 10));
}
