using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Scripts;

public class SignatureEncodingTests
{
    private readonly ITestOutputHelper _output;

    public SignatureEncodingTests(ITestOutputHelper output) => _output = output;

    [VectorFact("sig_canonical.json")]
    public void CheckSignature_CoresCanonicalOnes_Pass()
    {
        var signatures = Vectors.ReadJson("sig_canonical.json").EnumerateArray().Select(s => Hex.Bytes(s.GetString()!)).ToArray();
        foreach (var signature in signatures)
        {
            Assert.True(SignatureEncoding.IsStrictDer(signature));
            Assert.Equal(ScriptError.Ok, SignatureEncoding.CheckSignature(signature, ScriptFlags.DerSignatures | ScriptFlags.StrictEncoding));
        }

        _output.WriteLine($"{signatures.Length} signatures");
        Assert.Equal(5, signatures.Length);
    }

    [VectorFact("sig_noncanonical.json")]
    public void CheckSignature_CoresOtherOnes_Fail()
    {
        var count = 0;
        var reason = "";
        foreach (var text in Vectors.ReadJson("sig_noncanonical.json").EnumerateArray().Select(s => s.GetString()!))
        {
            if (!text.All(char.IsAsciiHexDigit))
            {
                reason = text;
                continue;
            }

            var expected = reason == "hashtype:" ? ScriptError.SigHashType : ScriptError.SigDer;
            Assert.Equal(expected, SignatureEncoding.CheckSignature(Hex.Bytes(text), ScriptFlags.StrictEncoding));
            Assert.Equal(expected == ScriptError.SigHashType, SignatureEncoding.IsStrictDer(Hex.Bytes(text)));
            Assert.Equal(ScriptError.Ok, SignatureEncoding.CheckSignature(Hex.Bytes(text), ScriptFlags.None));
            count++;
        }

        _output.WriteLine($"{count} signatures");
        Assert.Equal(15, count);
    }

    [Fact]
    public void IsStrictDer_AnyBytes_NeverThrows() => Property.Check(_output, 50_000, g =>
    {
        var signature = g.Mutate([.. Keys.Alice.Sign(g.Hash()), 1]);
        _ = SignatureEncoding.IsStrictDer(signature);
        _ = SignatureEncoding.CheckSignature(signature, ScriptFlags.Standard);
        _ = SignatureEncoding.CheckPublicKey(signature, ScriptFlags.Standard);
    });

    [Fact]
    public void IsStrictDer_WhatTheLibrarySigns_IsStrict() => Property.Check(_output, 500, g =>
        Assert.Equal(ScriptError.Ok, SignatureEncoding.CheckSignature([.. Keys.Of(g.Between(1, int.MaxValue)).Sign(g.Hash()), 1], ScriptFlags.Standard)));

    // What OpenSSL let pass, beside its strict form.
    [Theory]
    [InlineData("3006020107020109", "3006020107020109")]
    [InlineData("3000020107020109", "3006020107020109")]
    [InlineData("30ff020107020109", null)]
    [InlineData("308106020107020109", "3006020107020109")]
    [InlineData("3083000006020107020109", "3006020107020109")]
    [InlineData("30060281010702820001" + "09", "3006020107020109")]
    [InlineData("3006020107020109" + "aabb", "3006020107020109")]
    [InlineData("300a0203000007" + "020109", "3006020107020109")]
    [InlineData("30060201870201ff", "300802020087020200ff")]
    [InlineData("300402000200", "3006020100020100")]
    [InlineData("", null)]
    [InlineData("30", null)]
    [InlineData("3106020107020109", null)]
    [InlineData("3006030107020109", null)]
    [InlineData("3006020107030109", null)]
    [InlineData("30060201070201", null)]
    [InlineData("3006020107", null)]
    [InlineData("30840201", null)]
    [InlineData("30060284ffffffff" + "07020109", null)]
    [InlineData("30060284ffff", null)]
    [InlineData("3027" + "0221" + "01" + X + "020109", null)]
    [InlineData("3027" + "0221" + "00" + X + "020109", "3025" + "0220" + X + "020109")]
    public void TryMakeStrict_LooseForms_AreReadAsBeforeBip66(string loose, string? strict)
    {
        var made = SignatureEncoding.TryMakeStrict(Hex.Bytes(loose));
        Assert.Equal(strict, made is null ? null : Hex.Of(made));
        if (made is not null) Assert.True(SignatureEncoding.IsStrictDer([.. made, 1]));
    }

    [Fact]
    public void TryMakeStrict_AnyBytes_NeverThrowsAndGivesStrictDer() => Property.Check(_output, 50_000, g =>
    {
        var made = SignatureEncoding.TryMakeStrict(g.Mutate(Keys.Alice.Sign(g.Hash())));
        Assert.True(made is null || SignatureEncoding.IsStrictDer([.. made, 1]));
    });

    [Fact]
    public void TryMakeStrict_AStrictSignature_StaysAsItIs() => Property.Check(_output, 200, g =>
    {
        var signature = Keys.Alice.Sign(g.Hash());
        Assert.Equal(signature, SignatureEncoding.TryMakeStrict(signature));
    });

    [Theory]
    [InlineData(ScriptFlags.None, ScriptError.Ok)]
    [InlineData(ScriptFlags.DerSignatures, ScriptError.Ok)]
    [InlineData(ScriptFlags.LowS, ScriptError.SigHighS)]
    [InlineData(ScriptFlags.Standard, ScriptError.SigHighS)]
    public void CheckSignature_HighS_IsPolicyOnly(ScriptFlags flags, ScriptError expected) =>
        Assert.Equal(expected, SignatureEncoding.CheckSignature(
            Hex.Bytes("30450220076045be6f9eca28ff1ec606b833d0b87e70b2a630f5e3a496b110967a40f90a0221008fffd599910eefe00bc803c688c2eca1d2ba7f6b180620eaa03488e6585db6ba01"), flags));

    [Theory]
    [InlineData("", ScriptError.PubKeyType)]
    [InlineData("02", ScriptError.PubKeyType)]
    [InlineData("02" + X, ScriptError.Ok)]
    [InlineData("03" + X, ScriptError.Ok)]
    [InlineData("04" + X, ScriptError.PubKeyType)]
    [InlineData("04" + X + X, ScriptError.Ok)]
    [InlineData("06" + X + X, ScriptError.PubKeyType)]
    [InlineData("07" + X + X, ScriptError.PubKeyType)]
    [InlineData("02" + X + X, ScriptError.PubKeyType)]
    public void CheckPublicKey_Strict_KnowsTwoForms(string key, ScriptError expected)
    {
        Assert.Equal(expected, SignatureEncoding.CheckPublicKey(Hex.Bytes(key), ScriptFlags.StrictEncoding));
        Assert.Equal(ScriptError.Ok, SignatureEncoding.CheckPublicKey(Hex.Bytes(key), ScriptFlags.DerSignatures));
    }

    private const string X = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
}
