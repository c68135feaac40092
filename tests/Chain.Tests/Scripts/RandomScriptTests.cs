using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Scripts;

/// <summary>Scripts that nobody would write.</summary>
public class RandomScriptTests
{
    private readonly ITestOutputHelper _output;

    public RandomScriptTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Verify_AnyScripts_NeverThrowsAndFlagsOnlyForbid()
    {
        var valid = 0;
        Property.Check(_output, 60_000, g =>
        {
            var script = Script(g);
            var (scriptSig, scriptPubKey, witness) = Frame(g, script);
            var transaction = new Transaction(g.Between(0, 2), [new TxIn(OutPoint.Null, scriptSig, g.Bits32(), witness)], [new TxOut(1, default)], g.Bits32());
            var checker = new SignatureChecker(new PrecomputedTransactionData(transaction, [new TxOut(5, scriptPubKey)]), 0);
            var flags = (ScriptFlags)g.Between(0, (1 << 21) - 1) | ScriptFlags.P2sh | ScriptFlags.Witness;
            if (ScriptInterpreter.Verify(scriptSig, scriptPubKey, flags, checker, witness) != ScriptError.Ok) return;
            valid++;
            foreach (var flag in CoreScripts.AllFlags)
            {
                if (flag is ScriptFlags.P2sh or ScriptFlags.Witness) continue;
                Assert.Equal(ScriptError.Ok, ScriptInterpreter.Verify(scriptSig, scriptPubKey, flags & ~flag, checker, witness));
            }
        });
        _output.WriteLine($"{valid} were valid");
        Assert.NotEqual(0, valid);
    }

    [Fact]
    public void Readers_AnyBytes_NeverThrow() => Property.Check(_output, 50_000, g =>
    {
        var script = g.Bool() ? g.Bytes() : Script(g);
        _ = ScriptTemplates.Recognize(script);
        _ = StandardScripts.FindAddress(script, new AddressFormat(0, 5, "bc"));
        _ = SigOps.Count(script, accurate: true);
        _ = ScriptEditing.IsPushOnly(script);
        _ = MultiSig.Find((byte[])[.. script, (byte)Opcode.CheckMultiSig]);
    });

    /// <summary>As a bare script, in P2SH, in P2WSH, in P2WSH within P2SH, or in a leaf.</summary>
    private static (byte[] ScriptSig, byte[] ScriptPubKey, ImmutableArray<ReadOnlyMemory<byte>> Witness) Frame(Generate g, byte[] script)
    {
        var elements = Enumerable.Range(0, g.Between(0, 4)).Select(_ => Element(g)).ToArray();
        byte[] pushes = [.. elements.SelectMany(e => ScriptEditing.Push(e))];
        ImmutableArray<ReadOnlyMemory<byte>> witness = [.. elements.Append(script).Select(e => (ReadOnlyMemory<byte>)e)];
        var witnessScript = StandardScripts.PayToWitnessScriptHash(script);
        switch (g.Between(0, 4))
        {
            case 0:
                return (pushes, script, []);
            case 1:
                return ([.. pushes, .. ScriptEditing.Push(script)], StandardScripts.PayToScriptHash(Hash160.Of(script)), []);
            case 2:
                return ([], witnessScript, witness);
            case 3:
                return (ScriptEditing.Push(witnessScript), StandardScripts.PayToScriptHash(Hash160.Of(witnessScript)), witness);
            default:
                var spend = new TaprootSpend(script);
                return ([], spend.ScriptPubKey, witness.Add(spend.ControlBlock));
        }
    }

    private static byte[] Script(Generate g)
    {
        var writer = new ByteWriter();
        for (var left = g.Between(1, 12); left > 0; left--)
        {
            switch (g.Between(0, 3))
            {
                case 0:
                    writer.WriteBytes(ScriptEditing.Push(Element(g)));
                    break;
                case 1:
                    writer.WriteByte((byte)g.Between((int)Opcode.Op1, (int)Opcode.Op1 + 3));
                    break;
                default:
                    writer.WriteByte((byte)g.Between((int)Opcode.Nop, (int)Opcode.CheckSigAdd + 1));
                    break;
            }
        }

        return writer.ToArray();
    }

    private static byte[] Element(Generate g) => g.Between(0, 5) switch
    {
        0 => [],
        1 => [1],
        2 => g.Bytes(g.Between(1, 6)),
        3 => Keys.Bob.PublicKey.Bytes.ToArray(),
        4 => Keys.Bob.PublicKey.XOnly.ToArray(),
        _ => [.. Keys.Bob.Sign(Hash256.Zero), 1],
    };
}
