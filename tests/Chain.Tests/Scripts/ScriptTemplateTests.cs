using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;

namespace Chain.Tests.Scripts;

public class ScriptTemplateTests
{
    private static readonly AddressFormat Main = new(0, 5, "bc");

    private static byte[] TwoOfThree => MultiSig.Script(2, [Keys.Alice.PublicKey, Keys.Bob.PublicKey, Keys.Of(7, compressed: false).PublicKey]);

    public static TheoryData<byte[], string, bool> Templates => new()
    {
        { StandardScripts.PayToPublicKey(Keys.Alice.PublicKey), "pubkey", true },
        { StandardScripts.PayToPublicKeyHash(Keys.Alice.PublicKey.Hash), "pubkeyhash", true },
        { StandardScripts.PayToScriptHash(Keys.Alice.PublicKey.Hash), "scripthash", true },
        { TwoOfThree, "multisig", false },
        { StandardScripts.DataCarrier([1, 2, 3]), "nulldata", false },
        { [(byte)Opcode.Return], "nulldata", false },
        { [(byte)Opcode.Return, (byte)Opcode.Nop], "nonstandard", false },
        { StandardScripts.PayToWitnessPublicKeyHash(Keys.Alice.PublicKey.Hash), "witness_v0_keyhash", true },
        { StandardScripts.PayToWitnessScriptHash([1]), "witness_v0_scripthash", true },
        { StandardScripts.PayToTaproot(Keys.Alice.PublicKey.XOnly), "witness_v1_taproot", true },
        { StandardScripts.PayToWitnessProgram(1, [0x4e, 0x73]), "anchor", true },
        { StandardScripts.PayToWitnessProgram(1, new byte[20]), "witness_unknown", true },
        { StandardScripts.PayToWitnessProgram(16, new byte[40]), "witness_unknown", true },
        { StandardScripts.PayToWitnessProgram(0, new byte[21]), "nonstandard", false },
        { StandardScripts.PayToWitnessProgram(2, new byte[41]), "nonstandard", false },
        { [], "nonstandard", false },
        { [(byte)Opcode.Op1], "nonstandard", false },
    };

    [Theory]
    [MemberData(nameof(Templates))]
    public void Recognize_EachForm_HasItsNameAndItsAddressBothWays(byte[] script, string name, bool hasAddress)
    {
        Assert.Equal(name, ScriptTemplates.Recognize(script).Name());
        var address = StandardScripts.FindAddress(script, Main);
        Assert.Equal(hasAddress, address is not null);
        if (address is { } found && name != "pubkey") Assert.Equal(script, StandardScripts.PayTo(found));
    }

    [Fact]
    public void Name_EveryTemplate_HasOne()
    {
        var names = Enum.GetValues<ScriptTemplate>().Select(template => template.Name()).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((ScriptTemplate)99).Name());
    }

    [Fact]
    public void MultiSig_OfItsScript_IsFoundAgain()
    {
        var found = MultiSig.Find(TwoOfThree);
        Assert.NotNull(found);
        Assert.Equal(2, found.Required);
        Assert.Equal([33, 33, 65], found.PublicKeys.Select(key => key.Length));
        var twenty = Enumerable.Range(1, 20).Select(i => Keys.Of(i).PublicKey).ToArray();
        Assert.Equal((17, 20), MultiSig.Find(MultiSig.Script(17, twenty)) is { } many ? (many.Required, many.PublicKeys.Length) : default);
        Assert.Throws<ArgumentOutOfRangeException>(() => MultiSig.Script(0, twenty));
        Assert.Throws<ArgumentOutOfRangeException>(() => MultiSig.Script(21, twenty));
        Assert.Throws<ArgumentOutOfRangeException>(() => MultiSig.Script(1, [.. twenty, Keys.Alice.PublicKey]));
    }

    // No keys, too few keys, a wrong count, something behind or between, a key of another form.
    [Theory]
    [InlineData("51 51 ae")]
    [InlineData("00 00 ae")]
    [InlineData("52 21{key} 51 ae")]
    [InlineData("51 21{key} 52 ae")]
    [InlineData("51 21{key} 51 ae 61")]
    [InlineData("51 21{key} 61 51 ae")]
    [InlineData("51 20{key} 51 ae")]
    [InlineData("51 0105 51 ae")]
    [InlineData("0101 21{key} 51 ae")]
    [InlineData("51 21{key} 51 af")]
    [InlineData("ae")]
    [InlineData("51 ae")]
    public void MultiSig_OtherForms_AreNone(string script) =>
        Assert.Null(MultiSig.Find(Hex.Bytes(script.Replace("{key}", Hex.Of(Keys.Alice.PublicKey.Bytes), StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal))));
}
