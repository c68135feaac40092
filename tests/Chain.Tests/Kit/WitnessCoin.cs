using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Tests.Kit;

/// <summary>The forms of outputs that a witness unlocks.</summary>
public enum WitnessForm
{
    PublicKeyHash,
    ScriptHash,
    TaprootKey,
    TaprootScript,
}

/// <summary>Outputs of Alice's in each form, and signed transactions that spend them.</summary>
public static class WitnessCoin
{
    /// <summary>What P2WSH runs: Alice's key and a check of her signature.</summary>
    private static readonly byte[] WitnessScript = StandardScripts.PayToPublicKey(Keys.Alice.PublicKey);

    private static readonly byte[] LeafScript = [.. ScriptEditing.Push(Keys.Alice.PublicKey.XOnly), (byte)Opcode.CheckSig];

    public static TxOut Output(WitnessForm form, long satoshis) => new(satoshis, form switch
    {
        WitnessForm.PublicKeyHash => StandardScripts.PayToWitnessPublicKeyHash(Keys.Alice.PublicKey.Hash),
        WitnessForm.ScriptHash => StandardScripts.PayToWitnessScriptHash(WitnessScript),
        WitnessForm.TaprootKey => StandardScripts.PayToTaproot(OutputKey(null, out _)),
        _ => StandardScripts.PayToTaproot(OutputKey(Taproot.LeafHash(LeafScript), out _)),
    });

    /// <summary>Spends one such output.</summary>
    public static Transaction Spend(WitnessForm form, OutPoint coin, TxOut spent, params TxOut[] outputs)
    {
        var unsigned = new Transaction(2, [new TxIn(coin, default)], [.. outputs], lockTime: 0);
        var data = new PrecomputedTransactionData(unsigned, [spent]);
        return WithWitness(unsigned, form switch
        {
            WitnessForm.PublicKeyHash => [SignWitness(data, Keys.ScriptOf(Keys.Alice)), Keys.Alice.PublicKey.Bytes.ToArray()],
            WitnessForm.ScriptHash => [SignWitness(data, WitnessScript), WitnessScript],
            WitnessForm.TaprootKey => [SignTaproot(data, Taproot.OutputKey(Keys.Alice, null), new ScriptExecutionData())],
            _ => [SignTaproot(data, Keys.Alice, LeafExecution), LeafScript, ControlBlock],
        });
    }

    /// <summary>The same transaction whose first input has another witness; none with no elements.</summary>
    public static Transaction WithWitness(Transaction transaction, params byte[][] elements) =>
        Keys.With(transaction, [transaction.Inputs[0].WithWitness([.. elements.Select(element => (ReadOnlyMemory<byte>)element)]), .. transaction.Inputs.Skip(1)]);

    private static ScriptExecutionData LeafExecution =>
        new() { LeafHash = Taproot.LeafHash(LeafScript), CodeSeparatorPosition = ScriptExecutionData.NoCodeSeparator };

    private static byte[] ControlBlock
    {
        get
        {
            _ = OutputKey(Taproot.LeafHash(LeafScript), out var isOdd);
            return [(byte)(Taproot.TapscriptLeaf | (isOdd ? 1 : 0)), .. Keys.Alice.PublicKey.XOnly];
        }
    }

    private static byte[] OutputKey(Hash256? root, out bool isOdd) => Taproot.FindOutputKey(Keys.Alice.PublicKey.XOnly, root, out isOdd)!;

    private static byte[] SignWitness(PrecomputedTransactionData data, byte[] scriptCode) =>
        [.. Keys.Alice.Sign(WitnessSignatureHash.Compute(data, 0, scriptCode, SignatureHashType.All)), (byte)SignatureHashType.All];

    private static byte[] SignTaproot(PrecomputedTransactionData data, PrivateKey key, ScriptExecutionData execution)
    {
        // Type 0 is "default": everything, and no byte behind the signature.
        Assert.True(TaprootSignatureHash.TryCompute(data, 0, SignatureHashType.None, execution, out var hash));
        return key.SignSchnorr(hash, new byte[32]);
    }
}
