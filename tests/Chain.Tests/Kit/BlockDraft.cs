using System.Collections.Immutable;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.Tests.Kit;

/// <summary>
/// A block before it is made: valid as <see cref="ChainBuilder"/> hands it out, and open to a test that breaks one thing.
/// </summary>
public sealed class BlockDraft
{
    /// <summary>Bits of the version that signal nothing, as miners set them since BIP9.</summary>
    public const int CommonVersion = 0x20000000;

    public int Version { get; set; } = CommonVersion;

    public BlockHash PreviousBlockHash { get; set; }

    public uint Time { get; set; }

    public uint Bits { get; set; }

    /// <summary>The root in the header; null for that of the transactions.</summary>
    public Hash256? MerkleRoot { get; set; }

    /// <summary>Whether the hash meets the target; where not, a nonce is searched that misses it.</summary>
    public bool HasProofOfWork { get; set; } = true;

    public List<Transaction> Transactions { get; } = [];

    public Transaction Coinbase
    {
        get => Transactions[0];
        set => Transactions[0] = value;
    }

    /// <summary>Gives the coinbase another script.</summary>
    public void SetCoinbaseScript(params byte[] script) => Coinbase = Keys.With(Coinbase, [Coinbase.Inputs[0].WithScriptSig(script)]);

    /// <summary>Gives the coinbase other outputs.</summary>
    public void SetCoinbaseOutputs(params TxOut[] outputs) => Coinbase = new Transaction(Coinbase.Version, Coinbase.Inputs, [.. outputs], Coinbase.LockTime);

    /// <summary>Commits to the witnesses of the transactions that are there now (BIP141), with this item as the coinbase's own.</summary>
    public void CommitToWitnesses(byte[] reserved)
    {
        var commitment = WitnessCommitment.Output(WitnessCommitment.Compute([.. Transactions], reserved));
        SetCoinbaseOutputs([.. Coinbase.Outputs, commitment]);
        Coinbase = WitnessCoin.WithWitness(Coinbase, reserved);
    }

    /// <summary>The same with the item that everybody takes: zeros.</summary>
    public void CommitToWitnesses() => CommitToWitnesses(new byte[WitnessCommitment.Size]);

    /// <summary>Makes the block: computes the root and searches a nonce.</summary>
    public Block Build(ChainParams p)
    {
        ImmutableArray<Transaction> transactions = [.. Transactions];
        var root = MerkleRoot ?? Block.ComputeMerkleRoot(transactions, out _);
        for (var nonce = 0u; ; nonce++)
        {
            var header = new BlockHeader(Version, PreviousBlockHash, root, Time, Bits, nonce);
            if (ProofOfWork.IsMet(header, p) == HasProofOfWork) return new Block(header, transactions);
            if (nonce == 10_000_000) throw new InvalidOperationException("No nonce was found: give the chain an easier target.");
        }
    }
}
