using System.Security.Cryptography;
using Chain.Core.Coins;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.State.Storage;

namespace Chain.State;

/// <summary>Which hash of all coins is wanted (Core: CoinStatsHashType).</summary>
public enum CoinHash
{
    /// <summary>None.</summary>
    None,

    /// <summary>The double SHA-256 of all coins in order: hash_serialized_3.</summary>
    Serialized,

    /// <summary>The hash that does not depend on the order: muhash.</summary>
    MuHash,
}

/// <summary>What there is to say of all coins as of the tip (Core: CCoinsStats).</summary>
public sealed record CoinStatistics
{
    /// <summary>What a coin is counted for besides its script: id, index, height, amount and the script's length, in bytes.</summary>
    private const int BogoSizeWithoutScript = 32 + 4 + 4 + 8 + 2;

    private const int ToldEach = 4_096;

    /// <summary>The transactions with coins.</summary>
    public long Transactions { get; private set; }

    /// <summary>The coins.</summary>
    public long Coins { get; private set; }

    /// <summary>A measure of their size in bytes that does not depend on the database.</summary>
    public long BogoSize { get; private set; }

    /// <summary>What they are worth in satoshis.</summary>
    public long Total { get; private set; }

    /// <summary>The hash that was asked for; zeros where none was.</summary>
    public Hash256 Hash { get; private set; }

    /// <summary>Reads all coins of a moment, and says how far it is, from 0 to 1.</summary>
    public static CoinStatistics Of(CoinMoment moment, CoinHash kind, Action<double> tell, CancellationToken cancellationToken)
    {
        var result = new CoinStatistics();
        result.Read(moment.Coins, kind, tell, cancellationToken);
        tell(1);
        return result;
    }

    private void Read(CoinTable coins, CoinHash kind, Action<double> tell, CancellationToken cancellationToken)
    {
        using var serialized = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var set = new MuHash();
        var writer = new ByteWriter();
        foreach (var (outPoint, coin) in InOrder(coins))
        {
            if (Coins % ToldEach == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();

                // Coins lie in the order of their ids, whose first byte is as good as a measure.
                tell(outPoint.TxId.Hash.ToByteArray()[0] / 256d);
            }

            Coins++;
            Total += coin.Output.Value;
            BogoSize += BogoSizeWithoutScript + coin.Output.ScriptPubKey.Length;
            if (kind == CoinHash.None) continue;
            writer.Clear();
            outPoint.Write(writer);
            writer.WriteUInt32(((uint)coin.Height << 1) | (coin.IsCoinbase ? 1u : 0u));
            coin.Output.Write(writer);
            if (kind == CoinHash.Serialized) serialized.AppendData(writer.WrittenSpan);
            else set.Add(writer.WrittenSpan);
        }

        if (kind == CoinHash.Serialized) Hash = new Hash256(Sha256.Hash(serialized.GetHashAndReset()));
        if (kind == CoinHash.MuHash) Hash = set.ToHash();
    }

    /// <summary>The table has the indexes of a transaction in the order of their bytes; Core hashes them by number.</summary>
    private IEnumerable<(OutPoint OutPoint, Coin Coin)> InOrder(CoinTable coins)
    {
        var ofOne = new List<(OutPoint OutPoint, Coin Coin)>();
        foreach (var (outPoint, coin) in coins.ReadAll())
        {
            if (outPoint is not { } place || coin is null) throw coins.Damaged();
            if (ofOne.Count > 0 && ofOne[0].OutPoint.TxId != place.TxId)
            {
                Transactions++;
                foreach (var pair in ofOne.OrderBy(pair => pair.OutPoint.Index)) yield return pair;
                ofOne.Clear();
            }

            ofOne.Add((place, coin));
        }

        if (ofOne.Count > 0) Transactions++;
        foreach (var pair in ofOne.OrderBy(pair => pair.OutPoint.Index)) yield return pair;
    }
}
