using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;

namespace Chain.Tests.Scripts;

public class StandardScriptsTests
{
    private static readonly AddressFormat Main = new(0, 5, "bc");

    [Fact]
    public void PayToPublicKeyHash_IsTheKnownForm()
    {
        var hash = Keys.Of(1).PublicKey.Hash;
        var script = StandardScripts.PayToPublicKeyHash(hash);
        Assert.Equal("76a914751e76e8199196d454941c45d1b3a323f1433bd688ac", Hex.Of(script));
        Assert.Equal(hash, StandardScripts.FindPublicKeyHash(script));
        Assert.Equal(script, StandardScripts.PayTo(Address.OfPublicKeyHash(hash, Main)));
        Assert.Equal("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", StandardScripts.FindAddress(script, Main).ToString());
    }

    [Fact]
    public void FindPublicKeyHash_AnyByteOfTheFormChanged_IsNull()
    {
        foreach (var place in new[] { 0, 1, 2, 23, 24 })
        {
            var script = Keys.ScriptOf(Keys.Alice);
            script[place] ^= 1;
            Assert.Null(StandardScripts.FindPublicKeyHash(script));
            Assert.Null(StandardScripts.FindAddress(script, Main));
        }

        Assert.Null(StandardScripts.FindPublicKeyHash([]));
        Assert.Null(StandardScripts.FindPublicKeyHash([.. Keys.ScriptOf(Keys.Alice), 0]));
        Assert.Null(StandardScripts.FindPublicKeyHash(Keys.ScriptOf(Keys.Alice).AsSpan(1)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PayToPublicKey_HasTheAddressOfItsKey(bool compressed)
    {
        var key = Keys.Of(1, compressed).PublicKey;
        var script = StandardScripts.PayToPublicKey(key);
        Assert.Equal(Hex.Of(key.Bytes), Hex.Of(StandardScripts.FindPublicKey(script)!.Value.Span));
        Assert.Equal(Address.Of(key, Main), StandardScripts.FindAddress(script, Main));
        Assert.Null(StandardScripts.FindPublicKey(script.AsMemory(1)));
        Assert.Null(StandardScripts.FindPublicKey(default));
    }

    [Fact]
    public void FindAddress_OfBlock9sReward_IsSatoshis()
    {
        var script = Bitcoin.DecodeTransaction(Bitcoin.Block9CoinbaseHex).Outputs[0].ScriptPubKey;
        Assert.Equal("12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S", StandardScripts.FindAddress(script, Main).ToString());
    }

    [Fact]
    public void IsUnspendable_OpReturnAndTooLongScripts()
    {
        Assert.True(StandardScripts.IsUnspendable(StandardScripts.DataCarrier([1])));
        Assert.True(StandardScripts.IsUnspendable([(byte)Opcode.Return]));
        Assert.True(StandardScripts.IsUnspendable(new byte[ScriptInterpreter.MaxScriptSize + 1]));
        Assert.False(StandardScripts.IsUnspendable(new byte[ScriptInterpreter.MaxScriptSize]));
        Assert.False(StandardScripts.IsUnspendable([]));
        Assert.False(StandardScripts.IsUnspendable(Keys.ScriptOf(Keys.Alice)));
    }

    [Fact]
    public void UnlockPublicKeyHash_PushesSignatureThenKey()
    {
        var reader = new ScriptReader(StandardScripts.UnlockPublicKeyHash([1, 2, 3], Keys.Alice.PublicKey));
        Assert.True(reader.TryRead(out _, out var signature));
        Assert.True(reader.TryRead(out _, out var key));
        Assert.False(reader.TryRead(out _, out _));
        Assert.Equal("010203", Hex.Of(signature.Span));
        Assert.Equal(Keys.Alice.PublicKey, PublicKey.TryCreate(key.Span));
    }
}
