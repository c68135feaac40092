using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>
/// By how many satoshis transactions were prioritised (Core: mapDeltas). An entry stays until a block holds the transaction,
/// or its sum is zero.
/// </summary>
internal sealed class MempoolPriorities
{
    private const int EntrySize = Hash256.Size + sizeof(long);

    private readonly Dictionary<TxId, long> _deltas = [];

    /// <summary>All of them.</summary>
    public IReadOnlyDictionary<TxId, long> Deltas => _deltas;

    /// <summary>That of one transaction; 0 where it has none.</summary>
    public long Of(TxId id) => _deltas.GetValueOrDefault(id);

    /// <summary>Adds to what was said before, and gives the sum. It never goes beyond all the money that there is, so that sums over many stay numbers.</summary>
    public long Add(TxId id, long feeDelta)
    {
        var sum = Clamp(Of(id) + Clamp(feeDelta));
        if (sum == 0) _deltas.Remove(id);
        else _deltas[id] = sum;
        return sum;
    }

    /// <summary>Forgets one.</summary>
    public void Remove(TxId id) => _deltas.Remove(id);

    /// <summary>All of them, 40 bytes each.</summary>
    public byte[] ToByteArray()
    {
        var writer = new ByteWriter();
        foreach (var (id, delta) in _deltas) writer.WriteBytes(id.Hash.ToByteArray()).WriteInt64(delta);
        return writer.ToArray();
    }

    /// <summary>Takes over what <see cref="ToByteArray"/> gave. A rest that is no whole entry is left out.</summary>
    public void Load(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        while (reader.Remaining >= EntrySize) Add(new TxId(new Hash256(reader.ReadSpan(Hash256.Size))), reader.ReadInt64());
    }

    private static long Clamp(long satoshis) => Math.Clamp(satoshis, -Amount.MaxMoney, Amount.MaxMoney);
}
