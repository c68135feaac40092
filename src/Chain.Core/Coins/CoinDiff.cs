using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Core.Coins;

/// <summary>
/// What one block or transaction changes in the set of coins: those that it spends and those that it creates. A coin
/// created and spent inside it appears in neither. The reverse of a block's diff is its undo.
/// </summary>
public sealed class CoinDiff
{
    private readonly Dictionary<OutPoint, Coin> _spent;
    private readonly Dictionary<OutPoint, Coin> _created;

    /// <summary>Creates an empty diff.</summary>
    public CoinDiff() : this([], [])
    {
    }

    /// <summary>Creates an empty diff with room for what a block changes.</summary>
    public CoinDiff(Block block)
        : this(new(block.Transactions.Sum(transaction => transaction.Inputs.Length)), new(block.Transactions.Sum(transaction => transaction.Outputs.Length)))
    {
    }

    private CoinDiff(Dictionary<OutPoint, Coin> spent, Dictionary<OutPoint, Coin> created)
    {
        _spent = spent;
        _created = created;
    }

    /// <summary>Coins that were there before and are not afterwards, in the order of the inputs.</summary>
    public IReadOnlyDictionary<OutPoint, Coin> Spent => _spent;

    /// <summary>Coins that were not there before and are afterwards.</summary>
    public IReadOnlyDictionary<OutPoint, Coin> Created => _created;

    /// <summary>The diff that takes this one back.</summary>
    public CoinDiff Reverse() => new(_created, _spent);

    /// <summary>Spends a coin that is there.</summary>
    public void Spend(OutPoint outPoint, Coin coin)
    {
        if (!_created.Remove(outPoint)) _spent.Add(outPoint, coin);
    }

    /// <summary>
    /// Creates the outputs of a transaction; those that can never be spent are left out. Scripts are copied, so that a coin
    /// does not keep the buffer of its block alive.
    /// </summary>
    public void CreateOutputs(Transaction transaction, int height)
    {
        var isCoinbase = transaction.IsCoinbase;
        for (var i = 0; i < transaction.Outputs.Length; i++)
        {
            var output = transaction.Outputs[i];
            if (StandardScripts.IsUnspendable(output.ScriptPubKey.Span)) continue;
            _created[new OutPoint(transaction.Id, (uint)i)] =
                new Coin(new TxOut(output.Value, output.ScriptPubKey.ToArray()), height, isCoinbase);
        }
    }

    /// <summary>The coin at a place after the diff: found, spent (null), or untouched (false).</summary>
    public bool TryFind(OutPoint outPoint, out Coin? coin) => _created.TryGetValue(outPoint, out coin) || _spent.ContainsKey(outPoint);

    /// <summary>The spent coins, in the order of the inputs: with the block itself, all that is needed to take it back.</summary>
    public byte[] EncodeUndo()
    {
        var writer = new ByteWriter(16 + _spent.Count * 40);
        writer.WriteCompactSize((ulong)_spent.Count);
        foreach (var coin in _spent.Values) coin.Write(writer);
        return writer.ToArray();
    }

    /// <summary>
    /// Restores the diff of a connected block from its undo data. Throws <see cref="DecodeException"/> where the two do not
    /// belong together.
    /// </summary>
    public static CoinDiff FromUndo(Block block, int height, ReadOnlyMemory<byte> undo)
    {
        var reader = new ByteReader(undo);
        var left = reader.ReadCount(1);
        var diff = new CoinDiff();
        foreach (var transaction in block.Transactions)
        {
            if (!transaction.IsCoinbase)
            {
                foreach (var input in transaction.Inputs)
                {
                    if (diff._created.Remove(input.PreviousOutput)) continue;
                    if (left-- == 0) throw new DecodeException("the undo data of a block holds too few coins");
                    diff._spent.Add(input.PreviousOutput, Coin.Read(ref reader));
                }
            }

            diff.CreateOutputs(transaction, height);
        }

        if (left != 0) throw new DecodeException("the undo data of a block holds too many coins");
        reader.ExpectEnd();
        return diff;
    }
}
