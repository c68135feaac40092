using System.Collections.Immutable;
using System.Security.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Core.Signing;
using Chain.State;

namespace Chain.Node.Wallet;

/// <summary>
/// Chooses a wallet's coins for a payment and puts the transaction together, unsigned. Coins that are deep come first, the own
/// change that no block holds yet last. Of those that may be spent the smallest that suffices alone is taken, else the largest
/// first, so that inputs are few; a coin that costs more to spend than it is worth is left alone, and change that nobody would
/// relay goes to the fee.
/// </summary>
internal sealed class SpendBuilder
{
    /// <summary>Core's words for a fee above -maxtxfee.</summary>
    internal const string FeeTooHigh = "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)";

    /// <summary>Core's words for a transaction that no node would relay.</summary>
    internal const string TooLarge = "Transaction too large";

    /// <summary>The most that nodes relay (Core: MAX_STANDARD_TX_WEIGHT).</summary>
    internal const int MaxWeight = 400_000;

    private const int DeepEnough = 6;
    private const int LargestGroup = 100;
    private const long StaleTip = 8 * 60 * 60;
    private const int Scale = Transaction.WitnessScaleFactor;

    private readonly NodeWallet _wallet;
    private readonly LoadedChain _chain;
    private readonly SpendRequest _request;
    private readonly long _total;
    private readonly ISigningSource _source;

    private SpendBuilder(NodeWallet wallet, LoadedChain chain, SpendRequest request)
    {
        (_wallet, _chain, _request) = (wallet, chain, request);
        _total = request.Recipients.Sum(recipient => recipient.Amount);
        _source = new JoinedSigningSource(wallet.SigningSource, request.SolvingData);
    }

    private bool SubtractsFee => _request.Recipients.Any(recipient => recipient.SubtractFee);

    /// <summary>Builds; throws <see cref="SpendException"/> where that cannot be.</summary>
    internal static SpendDraft Build(NodeWallet wallet, LoadedChain chain, SpendRequest request)
    {
        if (request.Recipients.IsEmpty) throw new SpendException("Transaction must have at least one recipient");
        foreach (var recipient in request.Recipients)
        {
            if (recipient.Amount < 0) throw new SpendException("Transaction amounts must not be negative");
            if (recipient.Amount < chain.Mempool.Policy.LeastOutput(recipient.Script)) throw new SpendException("Transaction amount too small");
        }

        return request.FeeProblem is { } problem ? throw new SpendException(problem) : new SpendBuilder(wallet, chain, request).Build();
    }

    private SpendDraft Build()
    {
        var preset = _request.Inputs.Select(Weigh).ToList();
        List<Candidate> widest = [];
        foreach (var tier in Tiers())
        {
            if (TryChoose(preset, tier) is { } chosen) return Compose(chosen);
            widest = [.. preset, .. tier];
        }

        throw _request.Inputs.IsEmpty || _request.AllowOtherInputs
            ? new SpendException("Insufficient funds", (_total + FeeFor(widest, change: null), widest.Sum(coin => coin.Output.Value)))
            : new SpendException("The preselected coins total amount does not cover the transaction target. Please allow other inputs to be automatically selected or include more coins manually");
    }

    private Candidate Weigh(PresetInput input)
    {
        var size = input.Weight is { } weight ? (weight, true) : InputWeight.Of(input.Output.ScriptPubKey, _source);
        return size is { } known
            ? new Candidate(input.OutPoint, input.Output, known.Item1, known.Item2, input.Sequence, input.Given)
            : throw new SpendException($"Not solvable pre-selected input COutPoint({input.OutPoint.TxId.ToString()[..10]}, {input.OutPoint.Index})");
    }

    /// <summary>What may be chosen, wider from one to the next.</summary>
    private IEnumerable<List<Candidate>> Tiers()
    {
        if (!_request.AllowOtherInputs)
        {
            yield return [];
            yield break;
        }

        var taken = _request.Inputs.Select(input => input.OutPoint).ToHashSet();
        var coins = _wallet.Coins.Available(_request.Filter).Where(coin => !taken.Contains(coin.OutPoint)).ToList();
        Func<WalletCoin, bool>[] rules =
        [
            coin => coin.Depth >= (_wallet.Coins.IsFromMe(coin.Transaction.Transaction, withWatched: true) ? 1 : DeepEnough),
            coin => coin.Depth >= 1,
            coin => coin.Depth >= (_wallet.Settings.SpendsUnconfirmedChange ? 0 : 1),
        ];
        foreach (var rule in rules) yield return [.. coins.Where(rule).Select(Weigh).OfType<Candidate>()];
    }

    private Candidate? Weigh(WalletCoin coin)
    {
        if (InputWeight.Of(coin.Output.ScriptPubKey, _source) is not { } size) return null;
        var candidate = new Candidate(coin.OutPoint, coin.Output, size.Weight, size.HasWitness, null, default);
        return SubtractsFee || coin.Output.Value > CostOf(candidate.Weight) ? candidate : null;
    }

    private List<Candidate>? TryChoose(List<Candidate> preset, List<Candidate> others)
    {
        if (preset.Count > 0 && Suffices(preset)) return preset;
        var largestFirst = Group(others.OrderByDescending(coin => coin.Output.Value).ThenBy(coin => coin.OutPoint.TxId).ThenBy(coin => coin.OutPoint.Index))
            .OrderByDescending(group => group.Sum(coin => coin.Output.Value)).ToList();
        for (var i = largestFirst.Count - 1; i >= 0; i--)
        {
            List<Candidate> single = [.. preset, .. largestFirst[i]];
            if (Suffices(single)) return single;
        }

        var all = preset.ToList();
        var sum = preset.Sum(coin => coin.Output.Value);
        foreach (var group in largestFirst)
        {
            all.AddRange(group);
            sum += group.Sum(coin => coin.Output.Value);
            if (sum >= _total && Suffices(all)) return all;
        }

        return null;
    }

    /// <summary>
    /// What is spent together: each coin by itself, or all of an address, so that none is left to be linked with a later payment
    /// (Core: OUTPUT_GROUP_MAX_ENTRIES).
    /// </summary>
    private IEnumerable<Candidate[]> Group(IEnumerable<Candidate> coins) =>
        _wallet.Settings.AvoidsPartialSpends || _request.Filter.AvoidReuse
            ? coins.GroupBy(coin => new ScriptBytes(coin.Output.ScriptPubKey)).SelectMany(group => group.Chunk(LargestGroup))
            : coins.Select(coin => new[] { coin });

    private bool Suffices(List<Candidate> coins) =>
        coins.Sum(coin => coin.Output.Value) >= _total + (SubtractsFee ? 0 : FeeFor(coins, change: null));

    private SpendDraft Compose(List<Candidate> coins)
    {
        var sum = coins.Sum(coin => coin.Output.Value);
        var change = FindChange(coins, sum, out var changeScript);
        var fee = change > 0 ? FeeFor(coins, changeScript) : SubtractsFee ? Math.Max(FeeFor(coins, null), sum - _total) : sum - _total;
        if (Weight(coins, change > 0 ? changeScript : null) > MaxWeight) throw new SpendException(TooLarge);
        var outputs = Pay(SubtractsFee ? fee - (change > 0 ? 0 : Math.Max(0, sum - _total)) : 0);
        int? position = null;
        if (change > 0)
        {
            position = _request.ChangePosition ?? RandomNumberGenerator.GetInt32(outputs.Count + 1);
            outputs.Insert(position.Value, new TxOut(change, changeScript));
        }

        fee = sum - outputs.Sum(output => output.Value);
        if (fee > (_request.MostFee ?? _wallet.Settings.MostFeeOfAll)) throw new SpendException(FeeTooHigh);
        var chosen = coins.Skip(_request.Inputs.Length).ToArray();
        RandomNumberGenerator.Shuffle(chosen.AsSpan());
        Candidate[] ordered = [.. coins.Take(_request.Inputs.Length), .. chosen];
        var sequence = _request.IsReplaceable ? SpendSequence.Replaceable : SpendSequence.NonFinal;
        var inputs = ordered.Select(coin => new TxIn(coin.OutPoint, coin.Given.ScriptSig, coin.Sequence ?? sequence, coin.Given.Witness)).ToImmutableArray();
        var transaction = new Transaction(_request.Version, inputs, [.. outputs], _request.LockTime ?? OwnLockTime(_wallet, _chain));
        return new SpendDraft(transaction, fee, position, [.. ordered.Select(coin => coin.Output)]);
    }

    /// <summary>What is left over where that is worth an output of its own; 0 where it is not.</summary>
    private long FindChange(List<Candidate> coins, long sum, out byte[] script)
    {
        script = [];
        if (sum - _total <= (SubtractsFee ? 0 : FeeFor(coins, null))) return 0;
        var type = _request.ChangeType ?? _wallet.Addresses.ChangeTypeFor(_request.Recipients.Select(recipient => recipient.Script));
        script = _request.ChangeScript ?? (_request.ReservesChange ? _wallet.Addresses.New(type, isChange: true, label: null) : _wallet.Addresses.PeekChange(type))
            ?? throw new SpendException("Transaction needs a change address, but we can't generate it. Error: Keypool ran out, please call keypoolrefill first");
        var change = sum - _total - (SubtractsFee ? 0 : FeeFor(coins, script));
        var policy = _chain.Mempool.Policy;
        var least = Math.Max(policy.LeastOutput(script), policy.LeastOutput(script, _wallet.Settings.DiscardFeeRate));
        return change < Math.Max(1, least) ? 0 : change;
    }

    /// <summary>The recipients' outputs, less the fee that they bear: in equal parts, the first one the odd satoshis too.</summary>
    private List<TxOut> Pay(long feeToSubtract)
    {
        var bearers = _request.Recipients.Count(recipient => recipient.SubtractFee);
        var outputs = new List<TxOut>();
        var isFirst = true;
        foreach (var recipient in _request.Recipients)
        {
            var amount = recipient.Amount;
            if (recipient.SubtractFee)
            {
                amount -= (feeToSubtract / bearers) + (isFirst ? feeToSubtract % bearers : 0);
                isFirst = false;
                if (amount < 0) throw new SpendException("The transaction amount is too small to pay the fee");
                if (amount < _chain.Mempool.Policy.LeastOutput(recipient.Script)) throw new SpendException("The transaction amount is too small to send after the fee has been deducted");
            }

            outputs.Add(new TxOut(amount, recipient.Script));
        }

        return outputs;
    }

    /// <summary>
    /// The height of the tip: a miner who would mine the tip's block once more cannot have it. Now and then an earlier one, so that
    /// payments that took longer do not stand out. None where the tip is old.
    /// </summary>
    internal static uint OwnLockTime(NodeWallet wallet, LoadedChain chain)
    {
        var tip = chain.Chainstate.Tip;
        if (tip.Header.Time + StaleTip < wallet.Now) return 0;
        return (uint)(RandomNumberGenerator.GetInt32(10) == 0 ? Math.Max(0, tip.Height - RandomNumberGenerator.GetInt32(100)) : tip.Height);
    }

    private long FeeFor(List<Candidate> coins, byte[]? change) => _request.FixedFee ?? MempoolPolicy.FeeFor((Weight(coins, change) + Scale - 1) / Scale, _request.FeeRate);

    /// <summary>What a coin of this weight costs to spend; nothing where the fee is fixed.</summary>
    private long CostOf(int weight) => _request.FixedFee is null ? MempoolPolicy.FeeFor((weight + Scale - 1) / Scale, _request.FeeRate) : 0;

    private int Weight(List<Candidate> coins, byte[]? change)
    {
        var outputs = _request.Recipients.Sum(recipient => OutputSize(recipient.Script.Length)) + (change is null ? 0 : OutputSize(change.Length));
        var counts = ByteWriter.CompactSizeLength((ulong)coins.Count) + ByteWriter.CompactSizeLength((ulong)(_request.Recipients.Length + (change is null ? 0 : 1)));
        var hasWitness = coins.Exists(coin => coin.HasWitness);
        return (Scale * (sizeof(int) + sizeof(uint) + counts + outputs)) + coins.Sum(coin => coin.Weight)
            + (hasWitness ? 2 + coins.Count(coin => !coin.HasWitness) : 0);
    }

    private static int OutputSize(int script) => sizeof(long) + ByteWriter.CompactSizeLength((ulong)script) + script;

    private sealed record Candidate(OutPoint OutPoint, TxOut Output, int Weight, bool HasWitness, uint? Sequence, TxIn Given);
}
