using System.Collections.Immutable;
using Chain.Core.Consensus;
using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>Blocks that are made elsewhere on what this node tells (BIP22, BIP23).</summary>
public static class BlockProposal
{
    /// <summary>What is wrong with a block on the tip that need not have its work yet, in the order in which Core asks (TestBlockValidity); null where work on it would count.</summary>
    public static RuleViolation? Test(Chainstate chainstate, Block block) =>
        HeaderRules.Accept(block.Header, chainstate.Tip, chainstate.Now, chainstate.Params)
        ?? BlockRules.CheckBody(block, chainstate.Params)
        ?? chainstate.TestBlock(block);

    /// <summary>
    /// Gives the coinbase the 32 zero bytes that its commitment was made with, where it came without (Core:
    /// UpdateUncommittedBlockStructures): older miners write a coinbase without its witness.
    /// </summary>
    public static Block Complete(Chainstate chainstate, Block block)
    {
        var coinbase = block.Transactions[0];
        if (chainstate.Tree.Find(block.Header.PreviousBlockHash) is not { } parent || parent.Height + 1 < chainstate.Params.SegwitHeight
            || coinbase.HasWitness || WitnessCommitment.Find(coinbase) is null) return block;
        var inputs = coinbase.Inputs.SetItem(0, coinbase.Inputs[0].WithWitness([new byte[WitnessCommitment.Size]]));
        return new Block(block.Header, block.Transactions.SetItem(0, new Transaction(coinbase.Version, inputs, coinbase.Outputs, coinbase.LockTime)));
    }

    /// <summary>The script that commits to the witnesses of these transactions behind any coinbase, made with 32 zero bytes.</summary>
    public static ReadOnlyMemory<byte> CommitmentScript(IReadOnlyList<MempoolEntry> entries)
    {
        // The coinbase's own hash counts as zero, whatever it is.
        var coinbase = BlockAssembler.CreateCoinbase(0, 0, Amount.Zero, default);
        ImmutableArray<Transaction> transactions = [coinbase, .. entries.Select(entry => entry.Transaction)];
        return WitnessCommitment.Output(WitnessCommitment.Compute(transactions, new byte[WitnessCommitment.Size])).ScriptPubKey;
    }
}
