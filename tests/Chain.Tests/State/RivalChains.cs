using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>
/// Two long branches on a few common blocks, and what each pays. Every block holds payments of some hundred bytes to some
/// kilobytes that descend from the rewards of its own branch, and one that spends a common coin:
/// <code>
/// genesis -> p1 -> b1 -> b2 -> … -> b1088 -> b1089 -> b1090
///             \--> a1 -> a2 -> … -> a1088 -> a1089
/// coin i of p1, i mod 4:  0 only b spends it   1 both by the same payment   2 both, each by another   3 only a spends it
/// </code>
/// </summary>
internal sealed class RivalChains
{
    private const int Purses = 4;
    private const long SmallValue = 1_000;
    private const int ConsolidatedCoins = 12;

    private readonly ChainBuilder _builder = new(TestChains.Private);
    private readonly Generate _random;
    private readonly Transaction _funds;
    private readonly int _length;
    private readonly Dictionary<int, Transaction> _common = [];

    public RivalChains(Generate random, int length)
    {
        _random = random;
        _length = length;
        var value = 9 * Amount.Coin / (length + 10);
        _funds = Keys.Spend(_builder["genesis"].Reward, Keys.Miner, [.. Enumerable.Range(0, length + 10).Select(_ => Keys.PayTo(Keys.Miner, value))]);
        Prefix = _builder.NextBlock("p1", draft => draft.Transactions.Add(_funds));
        First = Branch("b", length + 2, 0, 2);
        Second = Branch("a", length + 1, 3, 2);
        Waiting = Pay(Coin(length + 5), fee: 1);
        ChildOfFirst = Pay(new OutPoint(OnlyFirst[0].Id, 0), fee: 1);
        OfLosingReward = Pay(First[length - 1].Reward, fee: 1);
    }

    public BuiltBlock Prefix { get; }

    /// <summary>The branch that is there first, two blocks longer than is needed to begin with.</summary>
    public IReadOnlyList<BuiltBlock> First { get; }

    /// <summary>The branch that wins for a while.</summary>
    public IReadOnlyList<BuiltBlock> Second { get; }

    /// <summary>What only the first branch holds and the second leaves valid, in the order of its blocks.</summary>
    public List<Transaction> OnlyFirst { get; } = [];

    /// <summary>What only the second branch holds and the first leaves valid.</summary>
    public List<Transaction> OnlySecond { get; } = [];

    /// <summary>A payment of a coin that no block spends.</summary>
    public Transaction Waiting { get; }

    /// <summary>A payment that spends one of <see cref="OnlyFirst"/>.</summary>
    public Transaction ChildOfFirst { get; }

    /// <summary>A payment of a reward that only the first branch has.</summary>
    public Transaction OfLosingReward { get; }

    private OutPoint Coin(int number) => new(_funds.Id, (uint)number);

    /// <summary>A branch in which <paramref name="own"/> is the kind of coins that only it spends, <paramref name="contested"/> the kind that both do.</summary>
    private List<BuiltBlock> Branch(string name, int length, int own, int contested)
    {
        _builder.SetTip("p1");
        var blocks = new List<BuiltBlock>();
        var purses = new Queue<(OutPoint OutPoint, long Value)>();
        var small = new Queue<OutPoint>();
        for (var i = 1; i <= length; i++)
        {
            blocks.Add(_builder.NextBlock($"{name}{i}", draft =>
            {
                if (i == 2) draft.Transactions.Add(Split(blocks[0].Reward, purses));
                if (i > 2) draft.Transactions.AddRange(FanOut(purses, small));
                if (small.Count > ConsolidatedCoins) draft.Transactions.Add(Consolidate(small));
                if (i <= _length) draft.Transactions.AddRange(PayCommon(i, own, contested));
            }));
        }

        return blocks;
    }

    private static Transaction Split(OutPoint reward, Queue<(OutPoint, long)> purses)
    {
        const long Value = 10 * Amount.Coin / Purses;
        var split = Keys.Spend(reward, Keys.Miner, [.. Enumerable.Range(0, Purses).Select(_ => Keys.PayTo(Keys.Miner, Value))]);
        for (var i = 0; i < Purses; i++) purses.Enqueue((new OutPoint(split.Id, (uint)i), Value));
        return split;
    }

    /// <summary>One payment from each purse to many, the rest back into the purse: 0.2 to 1.9 kB each.</summary>
    private IEnumerable<Transaction> FanOut(Queue<(OutPoint OutPoint, long Value)> purses, Queue<OutPoint> small)
    {
        for (var i = 0; i < Purses; i++)
        {
            var (purse, value) = purses.Dequeue();
            var count = _random.Between(1, 50);
            var payee = _random.OneOf<PrivateKey>(Keys.Alice, Keys.Bob);
            var rest = value - count * SmallValue;
            var payment = Keys.Spend(purse, Keys.Miner, [Keys.PayTo(Keys.Miner, rest), .. Enumerable.Range(0, count - 1).Select(_ => Keys.PayTo(payee, SmallValue)), Keys.PayTo(Keys.Miner, SmallValue)]);
            purses.Enqueue((new OutPoint(payment.Id, 0), rest));
            small.Enqueue(new OutPoint(payment.Id, (uint)count));
            yield return payment;
        }
    }

    /// <summary>Spends what blocks before paid, in one transaction of 1.8 kB.</summary>
    private static Transaction Consolidate(Queue<OutPoint> coins)
    {
        var inputs = Enumerable.Range(0, ConsolidatedCoins).Select(_ => new TxIn(coins.Dequeue(), default));
        return Keys.Sign(new Transaction(Transaction.CurrentVersion, [.. inputs], [Keys.PayTo(Keys.Alice, SmallValue * ConsolidatedCoins)], lockTime: 0), Keys.Miner);
    }

    /// <summary>What this block does with its common coin; every eighth coin is handed on within the block.</summary>
    private List<Transaction> PayCommon(int number, int own, int contested)
    {
        var kind = number % 4;
        if (kind == 1)
        {
            if (!_common.TryGetValue(number, out var both)) _common.Add(number, both = Pay(Coin(number), fee: 1));
            return [both];
        }

        // The fee keeps the payments of the two branches apart.
        if (kind == contested) return [Pay(Coin(number), fee: 10 + own)];
        if (kind != own) return [];
        var result = new List<Transaction> { Pay(Coin(number), fee: 1) };
        if (number % 8 >= 4) result.Add(Pay(new OutPoint(result[0].Id, 1), fee: 1));
        (own == 0 ? OnlyFirst : OnlySecond).AddRange(result);
        return result;
    }

    private Transaction Pay(OutPoint coin, long fee)
    {
        if (coin.TxId != _funds.Id) return Keys.Spend(coin, Keys.Miner, Keys.PayTo(Keys.Miner, 10_000));
        var value = _funds.Outputs[(int)coin.Index].Value;
        return Keys.Spend(coin, Keys.Miner, Keys.PayTo(Keys.Miner, value / 2), Keys.PayTo(Keys.Miner, value - value / 2 - fee));
    }
}
