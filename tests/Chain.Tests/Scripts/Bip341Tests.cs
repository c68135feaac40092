using System.Collections.Immutable;
using System.Text.Json;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Scripts;

/// <summary>The wallet test vectors of BIP341: trees of scripts with their outputs, and signatures on the key path.</summary>
public class Bip341Tests
{
    private const string FileName = "bip-0341_wallet-test-vectors.json";

    private static readonly AddressFormat Main = new(0, 5, "bc");

    private readonly ITestOutputHelper _output;

    public Bip341Tests(ITestOutputHelper output) => _output = output;

    [VectorFact(FileName)]
    public void ScriptPubKey_EverySet_CommitsToItsTree()
    {
        var sets = Vectors.ReadJson(FileName).GetProperty("scriptPubKey").EnumerateArray().ToArray();
        var proofs = 0;
        foreach (var set in sets)
        {
            var (given, between, expected) = (set.GetProperty("given"), set.GetProperty("intermediary"), set.GetProperty("expected"));
            var innerKey = Hex.Bytes(given.GetProperty("internalPubkey").GetString()!);
            var leaves = new Dictionary<int, Leaf>();
            var root = given.GetProperty("scriptTree") is { ValueKind: not JsonValueKind.Null } tree ? Build(tree, leaves) : (Hash256?)null;
            Assert.Equal(between.GetProperty("merkleRoot").GetString(), root is { } hash ? Hex.Of(hash.ToByteArray()) : null);
            Assert.Equal(between.GetProperty("tweak").GetString(), Hex.Of(Taproot.Tweak(innerKey, root).ToByteArray()));
            var outputKey = Taproot.FindOutputKey(innerKey, root, out var isOdd)!;
            Assert.Equal(between.GetProperty("tweakedPubkey").GetString(), Hex.Of(outputKey));
            var script = StandardScripts.PayToTaproot(outputKey);
            Assert.Equal(expected.GetProperty("scriptPubKey").GetString(), Hex.Of(script));
            Assert.Equal(expected.GetProperty("bip350Address").GetString(), StandardScripts.FindAddress(script, Main).ToString());
            if (root is null) continue;

            var hashes = between.GetProperty("leafHashes").EnumerateArray().ToArray();
            var blocks = expected.GetProperty("scriptPathControlBlocks").EnumerateArray().ToArray();
            Assert.Equal(leaves.Count, blocks.Length);
            foreach (var (id, leaf) in leaves)
            {
                Assert.Equal(hashes[id].GetString(), Hex.Of(leaf.Hash.ToByteArray()));
                byte[] block = [(byte)(leaf.Version | (isOdd ? 1 : 0)), .. innerKey, .. leaf.Path.SelectMany(node => node.ToByteArray())];
                Assert.Equal(blocks[id].GetString(), Hex.Of(block));
                Assert.True(Taproot.IsCommitted(block, outputKey, leaf.Hash));
                block[0] ^= 1;
                Assert.False(Taproot.IsCommitted(block, outputKey, leaf.Hash));
                proofs++;
            }
        }

        _output.WriteLine($"{sets.Length} outputs with {proofs} control blocks");
        Assert.Equal(7, sets.Length);
    }

    [VectorFact(FileName)]
    public void KeyPathSpending_EverySet_IsSignedAndVerifies()
    {
        var sets = Vectors.ReadJson(FileName).GetProperty("keyPathSpending").EnumerateArray().ToArray();
        var inputs = 0;
        foreach (var set in sets)
        {
            var given = set.GetProperty("given");
            ImmutableArray<TxOut> spent = [.. given.GetProperty("utxosSpent").EnumerateArray().Select(
                output => new TxOut(output.GetProperty("amountSats").GetInt64(), Hex.Bytes(output.GetProperty("scriptPubKey").GetString()!)))];
            var data = new PrecomputedTransactionData(Bitcoin.DecodeTransaction(given.GetProperty("rawUnsignedTx").GetString()!), spent);
            AssertHashes(data, set.GetProperty("intermediary"));
            foreach (var input in set.GetProperty("inputSpending").EnumerateArray())
            {
                AssertSigned(data, input);
                inputs++;
            }

            var signed = new PrecomputedTransactionData(Bitcoin.DecodeTransaction(set.GetProperty("auxiliary").GetProperty("fullySignedTx").GetString()!), spent);
            for (var i = 0; i < spent.Length; i++)
            {
                var input = signed.Transaction.Inputs[i];
                Assert.Equal(ScriptError.Ok, ScriptInterpreter.Verify(input.ScriptSig, spent[i].ScriptPubKey, ScriptFlags.Standard, new SignatureChecker(signed, i), input.Witness));
            }
        }

        _output.WriteLine($"{sets.Length} transactions with {inputs} signatures");
        Assert.Equal((1, 7), (sets.Length, inputs));
    }

    private static void AssertHashes(PrecomputedTransactionData data, JsonElement expected)
    {
        Assert.Equal(expected.GetProperty("hashAmounts").GetString(), Hex.Of(data.Taproot.Amounts.ToByteArray()));
        Assert.Equal(expected.GetProperty("hashOutputs").GetString(), Hex.Of(data.Taproot.Outputs.ToByteArray()));
        Assert.Equal(expected.GetProperty("hashPrevouts").GetString(), Hex.Of(data.Taproot.Prevouts.ToByteArray()));
        Assert.Equal(expected.GetProperty("hashScriptPubkeys").GetString(), Hex.Of(data.Taproot.Scripts.ToByteArray()));
        Assert.Equal(expected.GetProperty("hashSequences").GetString(), Hex.Of(data.Taproot.Sequences.ToByteArray()));
    }

    private static void AssertSigned(PrecomputedTransactionData data, JsonElement input)
    {
        var (given, between) = (input.GetProperty("given"), input.GetProperty("intermediary"));
        var innerKey = PrivateKey.TryCreate(Hex.Bytes(given.GetProperty("internalPrivkey").GetString()!))!;
        var root = given.GetProperty("merkleRoot").GetString() is { } hex ? new Hash256(Hex.Bytes(hex)) : (Hash256?)null;
        var type = (SignatureHashType)given.GetProperty("hashType").GetInt32();
        Assert.Equal(between.GetProperty("internalPubkey").GetString(), Hex.Of(innerKey.PublicKey.XOnly));
        Assert.Equal(between.GetProperty("tweak").GetString(), Hex.Of(Taproot.Tweak(innerKey.PublicKey.XOnly, root).ToByteArray()));
        var key = Taproot.OutputKey(innerKey, root);
        Assert.Equal(between.GetProperty("tweakedPrivkey").GetString(), Hex.Of(key.Bytes));
        Assert.True(TaprootSignatureHash.TryCompute(data, given.GetProperty("txinIndex").GetInt32(), type, new ScriptExecutionData(), out var hash));
        Assert.Equal(between.GetProperty("sigHash").GetString(), Hex.Of(hash.ToByteArray()));
        byte[] signature = [.. key.SignSchnorr(hash, new byte[32])];
        if (type != SignatureHashType.None) signature = [.. signature, (byte)type];
        Assert.Equal(input.GetProperty("expected").GetProperty("witness")[0].GetString(), Hex.Of(signature));
    }

    /// <summary>A leaf is an object, a branch an array of two; gives the root, and every leaf with the nodes beside its way there.</summary>
    private static Hash256 Build(JsonElement tree, Dictionary<int, Leaf> leaves)
    {
        if (tree.ValueKind == JsonValueKind.Object)
        {
            var version = tree.GetProperty("leafVersion").GetByte();
            var hash = Taproot.LeafHash(Hex.Bytes(tree.GetProperty("script").GetString()!), version);
            leaves.Add(tree.GetProperty("id").GetInt32(), new Leaf(version, hash, []));
            return hash;
        }

        var (left, right) = (new Dictionary<int, Leaf>(), new Dictionary<int, Leaf>());
        var (first, second) = (Build(tree[0], left), Build(tree[1], right));
        foreach (var (id, leaf) in left) leaves.Add(id, leaf with { Path = leaf.Path.Add(second) });
        foreach (var (id, leaf) in right) leaves.Add(id, leaf with { Path = leaf.Path.Add(first) });
        return Taproot.BranchHash(first.ToByteArray(), second.ToByteArray());
    }

    private sealed record Leaf(byte Version, Hash256 Hash, ImmutableArray<Hash256> Path);
}
