using System.Collections.Immutable;
using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>
/// A tree of blocks that grows at random: branches, payments inside and between blocks, payments that several branches
/// confirm, now and then a block that fails. With it grows the answer: which block every node must have as its tip.
/// </summary>
internal sealed class RandomHistory
{
    private static readonly ImmutableArray<PrivateKey> Owners = [.. Enumerable.Range(1, 4).Select(number => Keys.Of(number))];

    private static readonly Dictionary<string, PrivateKey> ByScript = Owners.ToDictionary(key => Hex.Of(Keys.ScriptOf(key)));

    private readonly Generate _random;
    private readonly bool _withBroken;
    private readonly ChainBuilder _builder;
    private readonly Dictionary<BuiltBlock, MemoryCoins> _coins = [];
    private readonly List<BuiltBlock> _blocks = [];
    private readonly List<Transaction> _payments = [];
    private readonly HashSet<OutPoint> _places = [];
    private BuiltBlock _cursor;

    public RandomHistory(Generate random, ChainParams p, bool withBroken = true)
    {
        _random = random;
        _withBroken = withBroken;
        _builder = new ChainBuilder(p);
        Best = _cursor = _builder.Tip;
        Add(Best, _builder.CoinsAt(Best));
    }

    /// <summary>The block with the most work among those that are valid down to genesis; of equals the first.</summary>
    public BuiltBlock Best { get; private set; }

    /// <summary>All blocks in the order in which they were drawn, genesis first.</summary>
    public IReadOnlyList<BuiltBlock> Blocks => _blocks;

    /// <summary>Every place where a coin ever was, on whatever branch.</summary>
    public IReadOnlyCollection<OutPoint> Places => _places;

    /// <summary>Every payment that a block may hold, on whatever branch.</summary>
    public IReadOnlyList<Transaction> Payments => _payments;

    /// <summary>Whether a block and all below it obey the rules.</summary>
    public bool IsValid(BuiltBlock block) => _coins.ContainsKey(block);

    /// <summary>The coins as of a valid block.</summary>
    public MemoryCoins CoinsAt(BuiltBlock block) => _coins[block];

    /// <summary>Draws the next block: mostly on the last one, now and then on another of the last few.</summary>
    public BuiltBlock Next()
    {
        if (_random.Between(0, 3) == 0) _cursor = _blocks[^_random.Between(1, Math.Min(12, _blocks.Count))];
        if (!IsValid(_cursor) && _random.Bool()) _cursor = Best;
        var coins = _coins.GetValueOrDefault(_cursor)?.Copy();
        var isBroken = coins is null;
        _builder.SetTip(_cursor.Name);
        _cursor = _builder.NextBlock($"r{_blocks.Count}", draft =>
        {
            if (coins is null) return;
            Pay(draft, coins);
            isBroken = _withBroken && _random.Between(0, 9) == 0;
            if (isBroken) Break(draft, coins);
        });
        Add(_cursor, isBroken ? null : coins);
        return _cursor;
    }

    /// <summary>A payment of one or two of these coins to one to three owners, sometimes with data that nobody can spend.</summary>
    public Transaction Draw(IReadOnlyList<OutPoint> spendable, ICoinView coins)
    {
        var spent = Enumerable.Range(0, _random.Between(1, 2)).Select(_ => spendable[_random.Between(0, spendable.Count - 1)]).Distinct().ToList();
        var value = spent.Sum(o => coins.Find(o)!.Output.Value) - _random.Between(0, 1_000);
        var outputs = ImmutableArray.CreateBuilder<TxOut>();
        for (var i = _random.Between(1, 3); i > 1; i--)
        {
            outputs.Add(Keys.PayTo(_random.OneOf<PrivateKey>([.. Owners]), value / 3));
            value -= value / 3;
        }

        outputs.Add(Keys.PayTo(_random.OneOf<PrivateKey>([.. Owners]), value));
        if (_random.Between(0, 4) == 0) outputs.Add(new TxOut(0, StandardScripts.DataCarrier(_random.Bytes(10))));
        var payment = Sign(spent, outputs.ToImmutable(), outPoint => ByScript[Hex.Of(coins.Find(outPoint)!.Output.ScriptPubKey.Span)]);
        _payments.Add(payment);
        return payment;
    }

    private void Add(BuiltBlock block, MemoryCoins? coins)
    {
        _blocks.Add(block);
        foreach (var transaction in block.Block.Transactions)
        {
            for (var i = 0; i < transaction.Outputs.Length; i++) _places.Add(new OutPoint(transaction.Id, (uint)i));
        }

        if (coins is null) return;
        if (block.Parent is not null) coins.Apply(Created(block.Block.Transactions[0], block.Height));
        _coins.Add(block, coins);
        if (block.Height > Best.Height) Best = block;
    }

    private void Pay(BlockDraft draft, MemoryCoins coins)
    {
        var height = _cursor.Height + 1;
        foreach (var earlier in _payments.Where(_ => _random.Bool())) TryInclude(earlier, draft, coins, height);
        for (var i = _random.Between(0, 4); i > 0; i--)
        {
            if (Draw(coins) is not { } payment) return;
            TryInclude(payment, draft, coins, height);
        }
    }

    private Transaction? Draw(MemoryCoins coins)
    {
        var spendable = coins.OutPoints.Where(o => coins.Find(o)!.Output.Value > 10_000).OrderBy(o => o.TxId).ThenBy(o => o.Index).ToList();
        return spendable.Count == 0 ? null : Draw(spendable, coins);
    }

    private void Break(BlockDraft draft, MemoryCoins coins)
    {
        var outPoint = coins.OutPoints.First(o => coins.Find(o)!.Output.Value > 0);
        var output = coins.Find(outPoint)!.Output;
        switch (_random.Between(0, 3))
        {
            case 0:
                draft.SetCoinbaseOutputs(Keys.PayTo(Keys.Miner, 1_000 * Amount.Coin));
                break;
            case 1:
                var owner = ByScript[Hex.Of(output.ScriptPubKey.Span)];
                draft.Transactions.Add(Sign([outPoint], [output], _ => Owners.First(key => key != owner)));
                break;
            case 2:
                draft.Transactions.Add(Sign([new OutPoint(new TxId(_random.Hash()), 0)], [output], _ => Keys.Alice));
                break;
            default:
                draft.Transactions.Add(Keys.Spend(outPoint, ByScript[Hex.Of(output.ScriptPubKey.Span)], new TxOut(output.Value + 1, output.ScriptPubKey)));
                break;
        }
    }

    private static void TryInclude(Transaction transaction, BlockDraft draft, MemoryCoins coins, int height)
    {
        if (transaction.Inputs.Any(input => coins.Find(input.PreviousOutput) is null)) return;
        var diff = Created(transaction, height);
        foreach (var input in transaction.Inputs) diff.Spend(input.PreviousOutput, coins.Find(input.PreviousOutput)!);
        coins.Apply(diff);
        draft.Transactions.Add(transaction);
    }

    private static CoinDiff Created(Transaction transaction, int height)
    {
        var diff = new CoinDiff();
        diff.CreateOutputs(transaction, height);
        return diff;
    }

    private static Transaction Sign(List<OutPoint> spent, ImmutableArray<TxOut> outputs, Func<OutPoint, PrivateKey> owner)
    {
        var bare = new Transaction(Transaction.CurrentVersion, [.. spent.Select(o => new TxIn(o, default))], outputs, lockTime: 0);
        return Keys.With(bare, [.. bare.Inputs.Select((input, i) =>
        {
            var key = owner(input.PreviousOutput);
            return input.WithScriptSig(StandardScripts.UnlockPublicKeyHash(Keys.Signature(bare, i, key, Keys.ScriptOf(key)), key.PublicKey));
        })]);
    }
}
