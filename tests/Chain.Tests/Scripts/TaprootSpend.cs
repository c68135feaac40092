using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;

namespace Chain.Tests.Scripts;

/// <summary>An output of Alice's with one script beside her key, and a transaction of two inputs that spends it by the second.</summary>
internal sealed class TaprootSpend
{
    public const int InputIndex = 1;

    private readonly byte[] _outputKey;
    private readonly bool _isOdd;

    public TaprootSpend(byte[] leafScript, byte leafVersion = Taproot.TapscriptLeaf, int depth = 0, int outputs = 2)
    {
        Script = leafScript;
        LeafVersion = leafVersion;
        Path = [.. Enumerable.Range(0, depth).Select(i => Sha256d.Hash([(byte)i]))];
        Leaf = Taproot.LeafHash(leafScript, leafVersion);
        Root = Path.Aggregate(Leaf, (node, other) => Taproot.BranchHash(node.ToByteArray(), other.ToByteArray()));
        _outputKey = Taproot.FindOutputKey(Keys.Alice.PublicKey.XOnly, Root, out _isOdd)!;
        ScriptPubKey = StandardScripts.PayToTaproot(_outputKey);
        var unsigned = new Transaction(2, [Input(1), Input(2)], [.. Enumerable.Range(1, outputs).Select(i => Keys.PayTo(Keys.Bob, i))], lockTime: 3);
        Data = new PrecomputedTransactionData(unsigned, [Keys.PayTo(Keys.Bob, 7), new TxOut(8, ScriptPubKey)]);
    }

    public byte[] Script { get; }

    public byte LeafVersion { get; }

    public ImmutableArray<Hash256> Path { get; }

    public Hash256 Leaf { get; }

    public Hash256 Root { get; }

    public byte[] ScriptPubKey { get; }

    public PrecomputedTransactionData Data { get; }

    public byte[] ControlBlock => [(byte)(LeafVersion | (_isOdd ? 1 : 0)), .. Keys.Alice.PublicKey.XOnly, .. Path.SelectMany(node => node.ToByteArray())];

    /// <summary>Alice's signature on the key path.</summary>
    public byte[] SignKeyPath(SignatureHashType type = SignatureHashType.None, Hash256? annexHash = null) =>
        Sign(Taproot.OutputKey(Keys.Alice, Root), type, new ScriptExecutionData { AnnexHash = annexHash });

    /// <summary>A signature in the script.</summary>
    public byte[] SignLeaf(PrivateKey key, SignatureHashType type = SignatureHashType.None, uint codeSeparator = ScriptExecutionData.NoCodeSeparator) =>
        Sign(key, type, new ScriptExecutionData { LeafHash = Leaf, CodeSeparatorPosition = codeSeparator });

    public ScriptError VerifyKeyPath(params byte[][] witness) => Verify(witness, ScriptFlags.Mandatory);

    /// <summary>Runs the script on these elements.</summary>
    public ScriptError VerifyLeaf(params byte[][] elements) => VerifyLeaf(ScriptFlags.Mandatory, elements);

    public ScriptError VerifyLeaf(ScriptFlags flags, params byte[][] elements) => Verify([.. elements, Script, ControlBlock], flags);

    public ScriptError Verify(byte[][] witness, ScriptFlags flags) => ScriptInterpreter.Verify(
        default, ScriptPubKey, flags, new SignatureChecker(Data, InputIndex), [.. witness.Select(element => (ReadOnlyMemory<byte>)element)]);

    private static TxIn Input(byte number) => new(new OutPoint(new TxId(Sha256d.Hash([number])), number), default, number);

    private byte[] Sign(PrivateKey key, SignatureHashType type, ScriptExecutionData execution)
    {
        // What has no hash has no signature either: any hash will do.
        _ = TaprootSignatureHash.TryCompute(Data, InputIndex, type, execution, out var hash);
        var signature = key.SignSchnorr(hash, new byte[32]);
        return type == SignatureHashType.None ? signature : [.. signature, (byte)type];
    }
}
