using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Node.Explorer.Data;

namespace Chain.Node.Explorer.Api;

/// <summary>Esplora's paths about what waits: /mempool and /fee-estimates.</summary>
internal sealed class PoolPaths(ChainReader reader)
{
    private const int MostRecent = 10;

    /// <summary>About so many vbytes make one step of the histogram.</summary>
    private const long StepSize = 50_000;

    private const double BlockFill = 0.95;

    private static readonly int[] Targets = [.. Enumerable.Range(1, 25), 144, 504, 1008];

    /// <summary>Answers what stands behind /mempool.</summary>
    public async Task<Answer?> MempoolAsync(string[] rest) => rest switch
    {
        [] => Answer.Json(Backlog(await FeesAsync().ConfigureAwait(false))),
        ["txids"] => Answer.Json(await reader.OnStateAsync(chain => new JsonArray([.. chain.Mempool.Entries.Select(entry => JsonValue.Create(entry.Transaction.Id.ToString()))])).ConfigureAwait(false)),
        ["recent"] => Answer.Json(await reader.OnStateAsync(chain => new JsonArray([.. chain.Mempool.Entries.OrderByDescending(entry => entry.Sequence).Take(MostRecent).Select(entry => new JsonObject
        {
            ["txid"] = entry.Transaction.Id.ToString(),
            ["fee"] = entry.Fee.Satoshis,
            ["vsize"] = entry.Transaction.VirtualSize,
            ["value"] = entry.Transaction.Outputs.Sum(output => output.Value),
        })])).ConfigureAwait(false)),
        _ => null,
    };

    /// <summary>
    /// For a number of blocks the fee rate in satoshis per vbyte with which a transaction that comes now would be in them, if
    /// nothing came behind it: what those that wait beyond so many full blocks pay, and at least what the pool asks.
    /// </summary>
    public async Task<Answer> EstimatesAsync()
    {
        var fees = await FeesAsync().ConfigureAwait(false);
        var least = await reader.OnStateAsync(chain => chain.Mempool.Policy.MinRelayFeeRate / 1000.0).ConfigureAwait(false);
        var blockSize = reader.Params.MaxBlockWeight / 4 * BlockFill;
        var json = new JsonObject();
        foreach (var target in Targets) json[target.ToString(CultureInfo.InvariantCulture)] = Math.Max(least, RateBehind(fees, blockSize * target));
        return Answer.Json(json);
    }

    /// <summary>The fee rate of the first that does not fit, those that pay most first; 0 where all fit.</summary>
    private static double RateBehind(IReadOnlyList<(double Rate, long Size, long Fee)> fees, double room)
    {
        foreach (var (rate, size, _) in fees)
        {
            room -= size;
            if (room < 0) return Math.Round(rate, 3);
        }

        return 0;
    }

    private static JsonObject Backlog(IReadOnlyList<(double Rate, long Size, long Fee)> fees)
    {
        var histogram = new JsonArray();
        var (sum, last) = (0L, 0.0);
        foreach (var (rate, size, _) in fees)
        {
            if (sum > StepSize && rate != last) AddStep();
            last = rate;
            sum += size;
        }

        if (sum > 0) AddStep();
        return new JsonObject
        {
            ["count"] = fees.Count,
            ["vsize"] = fees.Sum(entry => entry.Size),
            ["total_fee"] = fees.Sum(entry => entry.Fee),
            ["fee_histogram"] = histogram,
        };

        void AddStep()
        {
            histogram.Add((JsonNode)new JsonArray(Math.Round(last, 3), sum));
            sum = 0;
        }
    }

    /// <summary>What waits, those that pay most for their size first.</summary>
    private async Task<IReadOnlyList<(double Rate, long Size, long Fee)>> FeesAsync()
    {
        var fees = await reader.OnStateAsync(chain => chain.Mempool.Entries.Select(entry => (Rate: (double)entry.Fee.Satoshis / entry.VirtualSize, Size: (long)entry.VirtualSize, Fee: entry.Fee.Satoshis)).ToList()).ConfigureAwait(false);
        fees.Sort((x, y) => y.Rate.CompareTo(x.Rate));
        return fees;
    }
}
