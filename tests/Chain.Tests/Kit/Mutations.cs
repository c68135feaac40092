using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Chain.Tests.Kit;

/// <summary>
/// Hands damaged encodings to a decoder and holds it to what a stranger's bytes may cost: no exception but the one that it
/// documents, and memory in proportion to the input. The shares of all kinds add up to a million in a normal run, or to the
/// number in <c>CHAIN_MUTATIONS</c>.
/// </summary>
public static class Mutations
{
    /// <summary>What an exception and the first objects cost, whatever the input.</summary>
    public const int FixedCost = 4 * 1024;

    /// <summary>
    /// Objects are larger than their encodings. The dearest of all is an empty transaction: 10 bytes on the wire, an object
    /// of some 150 in memory. Bitcoin Core's own structures have the same proportions.
    /// </summary>
    public const int CostPerByte = 20;

    private const string Variable = "CHAIN_MUTATIONS";

    private const int PerEncoding = 8;

    private static readonly int Total = int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 1_000_000;

    /// <summary>
    /// Decodes <paramref name="percent"/> of all mutations; each encoding that is drawn is damaged several times.
    /// <paramref name="decode"/> gives null where it refuses; what it gives goes to <paramref name="check"/>.
    /// </summary>
    public static void Check<T>(ITestOutputHelper output, string kind, double percent, Func<Generate, byte[]> draw, Func<byte[], T?> decode, Action<byte[], T> check)
        where T : class
    {
        var encodings = Math.Max(1, (int)Math.Ceiling(Total * percent / 100 / PerEncoding));
        var (decoded, largest, costliest, watch) = (0, 0, 0.0, Stopwatch.StartNew());
        Property.Check(output, encodings, g =>
        {
            var encoding = draw(g);
            for (var i = 0; i < PerEncoding; i++)
            {
                var bytes = g.Mutate(encoding);
                T? result = null;
                var allocated = AssertBounded(bytes, () => result = decode(bytes));
                largest = Math.Max(largest, bytes.Length);
                costliest = Math.Max(costliest, (double)Math.Max(0, allocated - FixedCost) / Math.Max(1, bytes.Length));
                if (result is null) continue;
                decoded++;
                check(bytes, result);
            }
        });
        var cases = encodings * PerEncoding;
        output.WriteLine($"{cases} mutated {kind}, the largest of {largest} bytes, {decoded} of them still decoded, in {watch.ElapsedMilliseconds} ms; the costliest took {costliest:0.0} times its size above {FixedCost}");
        Assert.InRange(decoded, 1, cases - 1);
    }

    /// <summary>Fails where decoding allocates more than the input justifies; gives the bytes that it allocated.</summary>
    public static long AssertBounded(byte[] bytes, Action decode)
    {
        var limit = FixedCost + (long)CostPerByte * bytes.Length;
        var allocated = Allocation.Of(decode);

        // The first exception of a process, or the first call of a method, costs the runtime what no input causes: that does not come twice.
        if (allocated > limit) allocated = Allocation.Of(decode);
        Assert.True(allocated <= limit, $"{allocated} bytes allocated for an input of {bytes.Length}");
        return allocated;
    }
}
