using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Node.Wallet;
using Chain.Tests.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>From when on the chain can hold something of a wallet: what was restored learns it, and what is new has its own.</summary>
public sealed class WalletBirthTests
{
    /// <summary>In seconds: blocks that come quicker than one a second are ahead of the clock, which the birth never is.</summary>
    private const long Hour = 3_600;

    private static readonly DateTimeOffset Made = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Fact]
    public async Task RestoreHdWallet_LearnsItsBirthFromItsFirstBlock()
    {
        await using var node = await WalletNode.StartAsync();
        await node.CallAsync("createwallet", "first");
        var xprv = (await node.ListAsync("gethdkeys", new JsonObject { ["private"] = true }))[0]!["xprv"]!.GetValue<string>();
        await node.GenerateAsync(30, "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8");
        await node.GenerateAsync(101, await node.AddressAsync());
        var balance = await node.NumberAsync("getbalance");
        await node.CallAsync("unloadwallet", "first");
        await node.CallAsync("restorehdwallet", "again", xprv);
        var before = await node.ObjectAsync("getblockheader", await node.TextAsync("getblockhash", 30));
        var birth = await BirthAsync(node);
        Assert.InRange(birth, before["mediantime"]!.GetValue<long>() - Hour, before["mediantime"]!.GetValue<long>());
        Assert.Equal((50, 50), (balance, await node.NumberAsync("getbalance")));

        // The file has it: the next start need not look at all blocks.
        await node.CallAsync("unloadwallet", "again");
        await node.CallAsync("loadwallet", "again");
        Assert.Equal(birth, await BirthAsync(node));
    }

    [Fact]
    public async Task RestoreHdWallet_NothingFound_TheTipSaysIt()
    {
        await using var node = await WalletNode.StartAsync();
        await node.GenerateAsync(20, "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8");
        await node.CallAsync("restorehdwallet", "", ExtendedKey.TryCreateMaster(new byte[32])!.ToText(ExtendedKey.TestPrivateVersion));
        var before = await node.ObjectAsync("getblockheader", await node.TextAsync("getblockhash", 19));
        Assert.InRange(await BirthAsync(node), before["mediantime"]!.GetValue<long>() - Hour, before["mediantime"]!.GetValue<long>());
    }

    /// <summary>A name more is no reason to look through the chain; a key more is one to look at what came since.</summary>
    [Fact]
    public void BirthOfNew_OnlyWhatIsNewCounts()
    {
        var before = Contents();
        Assert.Null(Contents().BirthOfNew(before));
        var named = Contents();
        named.Book.Add(new ScriptBytes(new byte[] { 1 }), new BookEntry("bob", IsReceive: true));
        Assert.Null(named.BirthOfNew(before));
        var keyed = Contents();
        keyed.Keys.Add(new WalletKey(Keys.Bob.PublicKey, Made.AddDays(2)));
        Assert.Equal(Made.AddDays(2), keyed.BirthOfNew(before));
        keyed.Watched.Add(new WatchedScript(new byte[] { 1 }, Made.AddDays(1)));
        Assert.Equal(Made.AddDays(1), keyed.BirthOfNew(before));
        var known = Contents();
        known.KnownKeys.Add(Keys.Bob.PublicKey);
        Assert.Equal(Made, known.BirthOfNew(before));
        Assert.Equal(Made, before.BirthOfNew(new WalletContents { CreatedAt = Made }));
    }

    private static async Task<long> BirthAsync(WalletNode node) => (await node.ObjectAsync("getwalletinfo"))["birthtime"]!.GetValue<long>();

    private static WalletContents Contents()
    {
        var contents = new WalletContents { CreatedAt = Made };
        contents.Keys.Add(new WalletKey(Keys.Alice.PublicKey, Made));
        return contents;
    }
}
