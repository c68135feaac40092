using System.Collections.Immutable;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Mining;

namespace Chain.Node.Dev;

/// <summary>
/// The parameters of a development chain: a private chain whose blocks cost next to nothing and whose first block pays the
/// well-known accounts. Each is made anew, so that two never mix.
/// </summary>
internal static class DevChain
{
    /// <summary>What each account has at first.</summary>
    internal static readonly Amount Funds = Amount.FromSatoshis(1_000 * Amount.Coin);

    /// <summary>Every second hash meets it: regtest's.</summary>
    private const uint Bits = 0x207fffff;

    private const string Message = "chain dev: not real money";

    /// <summary>A new chain that begins now.</summary>
    internal static ChainParams Create(TimeProvider clock)
    {
        byte[] script = [.. ScriptEditing.Push([(byte)0]), .. ScriptEditing.Push(System.Text.Encoding.ASCII.GetBytes(Message))];
        var coinbase = new Transaction(1, [new TxIn(OutPoint.Null, script)], [.. DevAccounts.Funded.Select(account => new TxOut(Funds, account.Script))], lockTime: 0);
        ImmutableArray<Transaction> transactions = [coinbase];
        var time = (uint)clock.GetUtcNow().ToUnixTimeSeconds();
        var header = new BlockHeader(1, BlockHash.Zero, Block.ComputeMerkleRoot(transactions, out _), time, Bits, nonce: 0);
        var nonce = NonceSearch.Find(header.ToByteArray(), Target.FromCompact(Bits), 0, uint.MaxValue, CancellationToken.None)
            ?? throw new InvalidOperationException("No nonce meets the easiest target.");
        var genesis = BlockSearch.WithNonce(new Block(header, transactions), nonce);
        return Profiles.PrivateChain(genesis) with { PowLimit = Target.FromCompact(Bits) };
    }

    /// <summary>Whether a chain was made here: its first block pays the accounts.</summary>
    internal static bool IsOne(ChainParams p) =>
        p.Genesis.Transactions[0].Outputs.Select(output => output.ScriptPubKey.ToArray()).SequenceEqual(DevAccounts.Funded.Select(account => account.Script), ByContent.Comparer);

    private sealed class ByContent : IEqualityComparer<byte[]>
    {
        internal static readonly ByContent Comparer = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => obj.Length;
    }
}
