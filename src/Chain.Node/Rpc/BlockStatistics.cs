using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Sums, extremes and medians over the transactions of a block (getblockstats); amounts in satoshis, rates per vbyte.</summary>
internal sealed class BlockStatistics
{
    /// <summary>What a coin takes up beside its output: its place, height, and whether a coinbase made it.</summary>
    private const int CoinOverhead = 32 + 4 + 4 + 1;

    private readonly List<long> _fees = [], _sizes = [];
    private readonly List<(long Rate, long Weight)> _rates = [];
    private long _inputs, _outputs, _coins, _coinBytes, _liveCoinBytes, _total, _weight;
    private long _segwitCount, _segwitSize, _segwitWeight;

    /// <summary>Counts a block that was connected once.</summary>
    public BlockStatistics(BlockNode node, Block block, SpentCoins spent, bool createsCoins)
    {
        Node = node;
        Block = block;
        foreach (var transaction in block.Transactions)
        {
            _outputs += transaction.Outputs.Length;
            foreach (var output in transaction.Outputs) Create(output, createsCoins);
            if (!transaction.IsCoinbase) Count(transaction, spent);
        }
    }

    private BlockNode Node { get; }

    private Block Block { get; }

    /// <summary>All figures by Core's names.</summary>
    public JsonObject ToJson(ChainParams p)
    {
        var count = Block.Transactions.Length - 1;
        var totalFee = _fees.Sum();
        return new JsonObject
        {
            ["avgfee"] = count > 0 ? totalFee / count : 0,
            ["avgfeerate"] = _weight > 0 ? totalFee * Core.Primitives.Transaction.WitnessScaleFactor / _weight : 0,
            ["avgtxsize"] = count > 0 ? _sizes.Sum() / count : 0,
            ["blockhash"] = Node.Hash.ToString(),
            ["feerate_percentiles"] = new JsonArray([.. Percentiles().Select(rate => (JsonNode)rate)]),
            ["height"] = Node.Height,
            ["ins"] = _inputs,
            ["maxfee"] = _fees.DefaultIfEmpty().Max(),
            ["maxfeerate"] = _rates.Select(pair => pair.Rate).DefaultIfEmpty().Max(),
            ["maxtxsize"] = _sizes.DefaultIfEmpty().Max(),
            ["medianfee"] = Median(_fees),
            ["mediantime"] = HeaderRules.MedianTimePast(Node),
            ["mediantxsize"] = Median(_sizes),
            ["minfee"] = _fees.DefaultIfEmpty().Min(),
            ["minfeerate"] = _rates.Select(pair => pair.Rate).DefaultIfEmpty().Min(),
            ["mintxsize"] = _sizes.DefaultIfEmpty().Min(),
            ["outs"] = _outputs,
            ["subsidy"] = Subsidy.At(Node.Height, p).Satoshis,
            ["swtotal_size"] = _segwitSize,
            ["swtotal_weight"] = _segwitWeight,
            ["swtxs"] = _segwitCount,
            ["time"] = Node.Header.Time,
            ["total_out"] = _total,
            ["total_size"] = _sizes.Sum(),
            ["total_weight"] = _weight,
            ["totalfee"] = totalFee,
            ["txs"] = Block.Transactions.Length,
            ["utxo_increase"] = _outputs - _inputs,
            ["utxo_size_inc"] = _coinBytes,
            ["utxo_increase_actual"] = _coins - _inputs,
            ["utxo_size_inc_actual"] = _liveCoinBytes,
        };
    }

    private void Create(TxOut output, bool createsCoins)
    {
        var size = SizeOf(output);
        _coinBytes += size;
        if (!createsCoins || StandardScripts.IsUnspendable(output.ScriptPubKey.Span)) return;
        _coins++;
        _liveCoinBytes += size;
    }

    private void Count(Transaction transaction, SpentCoins spent)
    {
        var coins = spent.Of(transaction);
        var paid = transaction.Outputs.Sum(output => output.Value);
        var fee = coins.Sum(coin => coin.Output.Value) - paid;
        var spentBytes = coins.Sum(coin => SizeOf(coin.Output));
        _inputs += transaction.Inputs.Length;
        _total += paid;
        _coinBytes -= spentBytes;
        _liveCoinBytes -= spentBytes;
        _sizes.Add(transaction.Size);
        _weight += transaction.Weight;
        _fees.Add(fee);
        _rates.Add((fee * Core.Primitives.Transaction.WitnessScaleFactor / transaction.Weight, transaction.Weight));
        if (!transaction.HasWitness) return;
        _segwitCount++;
        _segwitSize += transaction.Size;
        _segwitWeight += transaction.Weight;
    }

    private static long SizeOf(TxOut output) =>
        sizeof(long) + ByteWriter.CompactSizeLength((ulong)output.ScriptPubKey.Length) + output.ScriptPubKey.Length + CoinOverhead;

    /// <summary>The middle one; of two in the middle their mean, rounded down.</summary>
    private static long Median(List<long> values)
    {
        if (values.Count == 0) return 0;
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The rates that a tenth, a quarter, half, three quarters and nine tenths of the weight pay at most.</summary>
    private List<long> Percentiles()
    {
        double[] limits = [_weight / 10.0, _weight / 4.0, _weight / 2.0, _weight * 3.0 / 4.0, _weight * 9.0 / 10.0];
        var result = new List<long>();
        var passed = 0L;
        foreach (var (rate, weight) in _rates.Order())
        {
            passed += weight;
            while (result.Count < limits.Length && passed >= limits[result.Count]) result.Add(rate);
        }

        while (result.Count < limits.Length) result.Add(_rates.Select(pair => pair.Rate).DefaultIfEmpty().Max());
        return result;
    }
}
