using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.State;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>Every reason of policy by its name: what provokes it, and what is said then, in Bitcoin Core's words.</summary>
public class PolicyTableTests
{
    private sealed record Case(string RejectReason, Func<PoolNode, Transaction> Provoke, MempoolPolicy? Policy = null);

    private static readonly MempoolPolicy Core = MempoolPolicy.For(TestChains.Regtest);

    private static readonly Dictionary<PolicyError, Case> Cases = new()
    {
        [PolicyError.Coinbase] = new("coinbase", _ => BlockAssembler.CreateCoinbase(2, 0, Amount.Zero, Keys.ScriptOf(Keys.Miner))),
        [PolicyError.Version] = new("version", node => Pay(node, version: 3)),
        [PolicyError.TransactionSize] = new("tx-size", node => node.Spend(fee: 10_000, 30, node.Coin(0)), Core with { MaxTransactionWeight = 4_000 }),
        [PolicyError.ScriptSigSize] = new("scriptsig-size", node => Unlock(node, ScriptEditing.Push(new byte[Standardness.MaxScriptSigSize - 2]))),
        [PolicyError.ScriptSigNotPushOnly] = new("scriptsig-not-pushonly", node => Unlock(node, (byte)Opcode.Nop)),
        [PolicyError.ScriptPubKey] = new("scriptpubkey", node => Pay(node, outputs: new TxOut(1_000, (byte[])[(byte)Opcode.Op1]))),
        [PolicyError.BareMultiSig] = new("bare-multisig", node => Pay(node, outputs: new TxOut(1_000, StandardSpends.BareMultiSig(Keys.Alice))), Core with { PermitBareMultiSig = false }),
        [PolicyError.Dust] = new("dust", node => Pay(node, outputs: Keys.PayTo(Keys.Bob, 545))),
        [PolicyError.MultiOpReturn] = new("multi-op-return", node => Pay(node, outputs: [Data, Data])),
        [PolicyError.TransactionSizeSmall] = new("tx-size-small", node =>
            new Transaction(2, [new TxIn(node.Coin(0), default)], [new TxOut(0, (byte[])[(byte)Opcode.Return])], lockTime: 0)),
        [PolicyError.NonFinal] = new("non-final", node => node.Spend(fee: 1_000, 1, lockTime: 2, node.Coin(0))),
        [PolicyError.AlreadyInMempool] = new("txn-already-in-mempool", node => Accepted(node, Plain(node))),
        [PolicyError.SameNonWitnessData] = new("txn-same-nonwitness-data-in-mempool", node =>
        {
            var known = Accepted(node, node.Fund(1, StandardSpends.WitnessKeyHash(Keys.Alice)).Spend(fee: 1_000));
            return Keys.With(known, [known.Inputs[0].WithWitness([new byte[1]])]);
        }),
        [PolicyError.Conflict] = new("txn-mempool-conflict", node =>
        {
            Accepted(node, Plain(node));
            return node.Spend(fee: 100_000, 1, node.Coin(0));
        }),
        [PolicyError.AlreadyKnown] = new("txn-already-known", node =>
        {
            node.Mine(Plain(node));
            return Plain(node);
        }),
        [PolicyError.NonBip68Final] = new("non-BIP68-final", node => node.Spend(fee: 1_000, 1, lockTime: 0, sequence: 100, node.Coin(0))),
        [PolicyError.NonStandardInputs] = new("bad-txns-nonstandard-inputs", node =>
        {
            var anyone = Keys.Spend(node.Coin(0), Keys.Miner, new TxOut(900_000, (byte[])[(byte)Opcode.Op1]));
            node.Mine(anyone);
            return new Transaction(2, [new TxIn(PoolNode.Output(anyone), default)], [Keys.PayTo(Keys.Bob, 800_000)], lockTime: 0);
        }),
        [PolicyError.NonStandardWitness] = new("bad-witness-nonstandard", node =>
        {
            var plain = Plain(node);
            return Keys.With(plain, [plain.Inputs[0].WithWitness([new byte[1]])]);
        }),
        [PolicyError.TooManySigOps] = new("bad-txns-too-many-sigops", node => ManySigOps(node, outputs: 201)),
        [PolicyError.MempoolMinFeeNotMet] = new("mempool min fee not met", node =>
        {
            var plain = Plain(node);
            for (var i = 1; i * plain.Size <= 1_500; i++) Accepted(node, node.Spend(fee: 2_000, 1, node.Coin(i)));
            Accepted(node, node.Spend(fee: 90_000, 1, node.Coin(20)));
            node.Removed.Clear();
            return node.Spend(fee: 2_000, 1, node.Coin(21));
        }, Core with { MaxBytes = 1_500 }),
        [PolicyError.MinRelayFeeNotMet] = new("min relay fee not met", node => node.Spend(fee: Plain(node).VirtualSize - 3, 1, node.Coin(0))),
        [PolicyError.ChainTooLong] = new("too-long-mempool-chain", node =>
        {
            var parent = Accepted(node, Plain(node));
            var child = Accepted(node, node.Spend(fee: 1_000, 1, PoolNode.Output(parent)));
            return node.Spend(fee: 1_000, 1, PoolNode.Output(child));
        }, Core with { MaxAncestors = 2 }),
        [PolicyError.SpendsConflicting] = new("bad-txns-spends-conflicting-tx", node =>
        {
            var first = Accepted(node, node.Replaceable(fee: 1_000, 1, node.Coin(0), node.Coin(1)));
            return node.Spend(fee: 9_000, 1, node.Coin(0), PoolNode.Output(first));
        }),
        [PolicyError.InsufficientFee] = new("insufficient fee", node =>
        {
            Accepted(node, node.Replaceable(fee: 1_000, 1, node.Coin(0)));
            return node.Spend(fee: 1_100, 1, node.Coin(0));
        }),
        [PolicyError.TooManyReplacements] = new("too many potential replacements", node =>
        {
            var first = Accepted(node, node.Replaceable(fee: 1_000, 1, node.Coin(0)));
            Accepted(node, node.Spend(fee: 1_000, 1, PoolNode.Output(first)));
            return node.Spend(fee: 9_000, 1, node.Coin(0));
        }, Core with { MaxReplaced = 1 }),
        [PolicyError.ReplacementAddsUnconfirmed] = new("replacement-adds-unconfirmed", node =>
        {
            Accepted(node, node.Replaceable(fee: 1_000, 1, node.Coin(0)));
            var stranger = Accepted(node, node.Spend(fee: 1_000, 1, node.Coin(1)));
            return node.Spend(fee: 9_000, 1, node.Coin(0), PoolNode.Output(stranger));
        }),
        [PolicyError.NonMandatoryScript] = new("non-mandatory-script-verify-flag (Non-canonical signature: S value is unnecessarily high)", node =>
        {
            var plain = Plain(node);
            return Keys.With(plain, [plain.Inputs[0].WithScriptSig(MempoolPolicyTests.WithHighS(plain.Inputs[0].ScriptSig.ToArray()))]);
        }),
        [PolicyError.MempoolFull] = new("mempool full", node =>
        {
            var plain = Plain(node);
            for (var i = 1; i * plain.Size <= 1_500; i++) Accepted(node, node.Spend(fee: 2_000, 1, node.Coin(i)));
            return plain;
        }, Core with { MaxBytes = 1_500 }),
    };

    public static TheoryData<PolicyError> Members => [.. Enum.GetValues<PolicyError>()];

    private static TxOut Data => new(0, StandardScripts.DataCarrier([1]));

    /// <summary>A member that nothing here provokes fails this test.</summary>
    [Theory]
    [MemberData(nameof(Members))]
    public void Accept_EachReason_IsGivenWithItsRejectString(PolicyError error)
    {
        Assert.True(Cases.TryGetValue(error, out var provoked), $"nothing provokes {error}");
        using var node = new PoolNode(provoked.Policy ?? Core);
        var transaction = provoked.Provoke(node);
        var before = node.Ids;
        var told = node.Told.Count;
        if (error != PolicyError.MempoolFull) Assert.Equal(error, node.Pool.Test(transaction)?.Policy);
        var rejection = node.Pool.Accept(transaction);
        Assert.Equal(error, rejection?.Policy);
        Assert.Null(rejection!.Rule);
        Assert.Equal(provoked.RejectReason, rejection.RejectReason);
        Assert.StartsWith(error.RejectReason(), rejection.RejectReason, StringComparison.Ordinal);
        Assert.StartsWith(rejection.RejectReason, rejection.ToString(), StringComparison.Ordinal);
        Assert.False(rejection.IsGuilty);
        Assert.False(rejection.IsMissingInputs);
        Assert.False(rejection.IsWitnessStripped);
        Assert.Equal(error is PolicyError.AlreadyInMempool or PolicyError.SameNonWitnessData or PolicyError.AlreadyKnown, rejection.IsKnown);
        Assert.Equal(before, node.Ids);
        Assert.Equal(told, node.Told.Count);
        Assert.Empty(node.Removed);
        Assert.Null(MempoolInvariants.Check(node.Pool, node.Chain));
    }

    [Fact]
    public void RejectReasons_AreAllDifferent()
    {
        var reasons = Enum.GetValues<PolicyError>().Select(error => error.RejectReason()).ToList();
        Assert.Equal(reasons.Count, reasons.Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((PolicyError)(-1)).RejectReason());
    }

    /// <summary>A bare multisig's operation counts 20 times, and each of those as 20 vbytes, which the fee must pay for.</summary>
    [Fact]
    public void Accept_SigOpsAtTheLimit_TakenAndCountedAsLarge()
    {
        using var node = new PoolNode(Core);
        var most = ManySigOps(node, outputs: 200);
        node.Accept(most);
        var entry = node.Pool.FindEntry(most.Id)!;
        Assert.Equal((16_000L, 80_000), (entry.SigOpsCost, entry.VirtualSize));
        Assert.Equal(new PackageSum(1, 80_000, entry.Fee.Satoshis), entry.Ancestors);
        Assert.InRange(most.VirtualSize, 9_000, 10_000);

        using var other = new PoolNode(Core);
        other.Reject(PolicyError.MinRelayFeeNotMet, ManySigOps(other, outputs: 200, fee: 79_999));
    }

    /// <summary>The private profile takes any form; what guards nodes and relay holds there too.</summary>
    [Theory]
    [InlineData(PolicyError.Version)]
    [InlineData(PolicyError.ScriptPubKey)]
    [InlineData(PolicyError.Dust)]
    [InlineData(PolicyError.MultiOpReturn)]
    [InlineData(PolicyError.NonStandardInputs)]
    public void Accept_PrivateProfile_TakesAnyForm(PolicyError error)
    {
        using var node = new PoolNode(MempoolPolicy.For(TestChains.Private));
        node.Accept(Cases[error].Provoke(node));
    }

    [Theory]
    [InlineData(PolicyError.TransactionSizeSmall)]
    [InlineData(PolicyError.TooManySigOps)]
    [InlineData(PolicyError.NonMandatoryScript)]
    [InlineData(PolicyError.InsufficientFee)]
    [InlineData(PolicyError.Conflict)]
    public void Accept_PrivateProfile_KeepsWhatGuardsNodes(PolicyError error)
    {
        using var node = new PoolNode(MempoolPolicy.For(TestChains.Private));
        node.Reject(error, Cases[error].Provoke(node));
    }

    private static Transaction Plain(PoolNode node) => node.Spend(fee: 1_000, 1, node.Coin(0));

    private static Transaction Accepted(PoolNode node, Transaction transaction)
    {
        node.Accept(transaction);
        return transaction;
    }

    private static Transaction Pay(PoolNode node, int version = 2, params TxOut[] outputs) =>
        Keys.Sign(new Transaction(version, [new TxIn(node.Coin(0), default)], [.. outputs, Keys.PayTo(Keys.Miner, 900_000)], lockTime: 0), Keys.Miner);

    private static Transaction Unlock(PoolNode node, params byte[] scriptSig)
    {
        var plain = Plain(node);
        return Keys.With(plain, [plain.Inputs[0].WithScriptSig(scriptSig)]);
    }

    private static Transaction ManySigOps(PoolNode node, int outputs, long fee = 100_000)
    {
        var script = MultiSig.Script(1, [Keys.Bob.PublicKey]);
        var values = Enumerable.Range(0, outputs).Select(i => i == 0 ? PoolNode.CoinValue - fee - ((outputs - 1) * 1_000L) : 1_000);
        return Keys.Spend(node.Coin(0), Keys.Miner, [.. values.Select(value => new TxOut(value, script))]);
    }
}
