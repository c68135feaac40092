using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Chain.Core.Primitives;

namespace Chain.Node.Mining;

/// <summary>Ways to hash headers, the fastest last.</summary>
internal enum NonceKernelKind
{
    /// <summary>One at a time.</summary>
    Scalar,

    /// <summary>4 at a time.</summary>
    Vector128,

    /// <summary>8 at a time.</summary>
    Vector256,

    /// <summary>8 at a time with the operations of AVX-512.</summary>
    Vector256Avx512,

    /// <summary>16 at a time with AVX-512.</summary>
    Vector512,
}

/// <summary>
/// The work in proof of work: tries nonces until the hash of a header is not above a target. Chooses at run time what the
/// processor does best. Threads share nothing.
/// </summary>
public static class NonceSearch
{
    /// <summary>Nonces between two looks at the cancellation token: a few milliseconds on the slowest processor. A multiple of all lanes.</summary>
    private const uint SliceSize = 4096;

    private static readonly NonceKernelKind Best = Enum.GetValues<NonceKernelKind>().Last(IsSupported);

    /// <summary>What the processor is given to do, for a log line: <c>16 lanes of AVX-512</c>.</summary>
    public static string Description => Best switch
    {
        NonceKernelKind.Vector512 => "16 lanes of AVX-512",
        NonceKernelKind.Vector256Avx512 => "8 lanes of AVX-512",
        NonceKernelKind.Vector256 => "8 lanes",
        NonceKernelKind.Vector128 => "4 lanes",
        _ => "1 lane",
    };

    /// <summary>
    /// Tries <paramref name="count"/> nonces from <paramref name="first"/> on in order, 0 behind the greatest, and gives the
    /// first with which the 80 bytes of the header meet the target. Null where none does, or after a cancellation.
    /// </summary>
    public static uint? Find(ReadOnlySpan<byte> header, Target target, uint first, ulong count, CancellationToken cancellationToken) =>
        Find(Best, header, target, first, count, cancellationToken);

    internal static uint? Find(NonceKernelKind kind, ReadOnlySpan<byte> header, Target target, uint first, ulong count, CancellationToken cancellationToken)
    {
        var job = new HeaderJob(header, target);
        for (ulong done = 0; done < count && !cancellationToken.IsCancellationRequested;)
        {
            var size = (uint)Math.Min(SliceSize, count - done);
            if (FindInSlice(kind, job, unchecked(first + (uint)done), size) is { } nonce) return nonce;
            done += size;
        }

        return null;
    }

    /// <summary>Whether the hardware has it. A vector wider than the hardware's would be emulated, slower than one lane.</summary>
    internal static bool IsSupported(NonceKernelKind kind) => kind switch
    {
        NonceKernelKind.Scalar => true,
        NonceKernelKind.Vector128 => Vector128.IsHardwareAccelerated,
        NonceKernelKind.Vector256 => Vector256.IsHardwareAccelerated,
        NonceKernelKind.Vector256Avx512 => Avx512F.VL.IsSupported && Vector256.IsHardwareAccelerated,
        NonceKernelKind.Vector512 => Avx512F.IsSupported && Vector512.IsHardwareAccelerated,
        _ => false,
    };

    private static uint? FindInSlice(NonceKernelKind kind, HeaderJob job, uint first, uint size)
    {
        var (lanes, nonce) = kind switch
        {
            NonceKernelKind.Vector512 => Run<Lanes512, Vector512<uint>>(job, first, size),
            NonceKernelKind.Vector256Avx512 => Run<Lanes256Avx512, Vector256<uint>>(job, first, size),
            NonceKernelKind.Vector256 => Run<Lanes256, Vector256<uint>>(job, first, size),
            NonceKernelKind.Vector128 => Run<Lanes128, Vector128<uint>>(job, first, size),
            _ => Run<ScalarLanes, uint>(job, first, size),
        };

        // What fills no vector is tried one by one.
        var rest = size % lanes;
        return nonce ?? (rest == 0 ? null : NonceKernel<ScalarLanes, uint>.Find(job, unchecked(first + size - rest), (int)rest));
    }

    private static (uint Lanes, uint? Nonce) Run<TLanes, TWord>(HeaderJob job, uint first, uint size)
        where TLanes : struct, ILanes<TWord>
        where TWord : unmanaged
    {
        var lanes = (uint)TLanes.Count;
        return (lanes, NonceKernel<TLanes, TWord>.Find(job, first, (int)(size / lanes)));
    }
}
