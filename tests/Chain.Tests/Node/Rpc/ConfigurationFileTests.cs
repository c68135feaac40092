using Chain.Node;
using Chain.Node.Rpc;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>How a configuration is read, and what it may say about JSON-RPC.</summary>
public class ConfigurationFileTests
{
    private const string Auth = "rt:93648e835a54c573682c2eb19f882535$7681e9c5b74bdd85e78166031d2058e1069b3ed7ed967c93fc63abba06f31144";

    [Fact]
    public void Parse_SectionsAndComments_OnlyTheOwnSectionCounts()
    {
        var file = Parse("a = 1 # one", "", "# a=2", "b=x=y", "[private]", "a=3", "[other]", "a=4", "c=5", "[private]", "d=");
        Assert.Equal(["1", "3"], file.All("a"));
        Assert.Equal("1", file.Find("a"));
        Assert.Equal("x=y", file.Find("b"));
        Assert.Equal("", file.Find("d"));
        Assert.Null(file.Find("c"));
        Assert.Equal(["b", "d"], file.Unknown(["a"]));
    }

    [Theory]
    [InlineData("nothing", "line 1 is not of the form name=value")]
    [InlineData("=x", "line 1 is not of the form name=value")]
    [InlineData("rpcpassword=a#b", "would begin a comment")]
    public void Parse_LineThatIsNone_NamesIt(string line, string words) =>
        Assert.Contains(words, Assert.Throws<CommandException>(() => Parse(line)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_FileThatWasNamedAndIsNotThere_SaysSo()
    {
        using var folder = new DataFolder();
        var settings = NodeSettings.From(null, folder.Root, null, null, _ => null);
        Assert.Empty(ConfigurationFile.Read(settings, "private").Unknown([]));
        var refusal = Assert.Throws<CommandException>(() => ConfigurationFile.Read(settings with { GivenConfigurationPath = folder.PathOf("my.conf") }, "private"));
        Assert.Contains("my.conf cannot be read", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Access_EachWayToNameAPassword()
    {
        var access = RpcAccess.From(Parse($"rpcauth={Auth}", "rpcuser=me", "rpcpassword=mine", "rpcworkqueue=7", "rpcthreads=2"));
        Assert.Equal(2, access.AtOnce);
        Assert.Equal(7, access.WorkQueue);
        Assert.Equal(2, access.Credentials.Count);
        Assert.True(access.Credentials[0].Matches("rt"u8, "cA773lm788buwYe4g4WT+05pKyNruVKjQ25x3n0DQcM="u8));
        Assert.False(access.Credentials[0].Matches("rt"u8, "cA773lm788buwYe4g4WT+05pKyNruVKjQ25x3n0DQcM"u8));
        Assert.False(access.Credentials[0].Matches("rT"u8, "cA773lm788buwYe4g4WT+05pKyNruVKjQ25x3n0DQcM="u8));
        Assert.True(access.Credentials[1].Matches("me"u8, "mine"u8));
        Assert.Empty(RpcAccess.From(Parse()).Credentials);
        Assert.Equal(RpcAccess.DefaultWorkQueue, RpcAccess.From(Parse("rpcpassword=")).WorkQueue);
    }

    [Theory]
    [InlineData("rpcuser=me", "rpcuser needs rpcpassword")]
    [InlineData("rpcuser=m:e\nrpcpassword=x", "must not hold a colon")]
    [InlineData("rpcworkqueue=0", "rpcworkqueue must be a number from 1")]
    [InlineData("rpcauth=nonsense", "rpcauth number 1")]
    [InlineData("rpcauth=a:b$c", "rpcauth number 1")]
    [InlineData("rpcauth=:salt$7681e9c5b74bdd85e78166031d2058e1069b3ed7ed967c93fc63abba06f31144", "rpcauth number 1")]
    public void Access_ValueThatMakesNoSense_IsNotShown(string text, string words)
    {
        var refusal = Assert.Throws<CommandException>(() => RpcAccess.From(Parse(text.Split('\n'))));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("nonsense", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whitelist_OfANameOnlyWhatAllItsListsHold()
    {
        var list = RpcAccess.From(Parse("rpcwhitelist=a:getblock,getblockcount", "rpcwhitelist=a:getblock", "rpcwhitelist=b:")).Whitelist;
        Assert.True(list.Allows("a", "getblock"));
        Assert.False(list.Allows("a", "getblockcount"));
        Assert.False(list.Allows("b", "getblock"));
        Assert.False(list.Allows("c", "getblock"));
        Assert.True(RpcAccess.From(Parse("rpcwhitelist=a:getblock", "rpcwhitelistdefault=0")).Whitelist.Allows("c", "stop"));
        Assert.True(RpcAccess.From(Parse()).Whitelist.Allows("c", "stop"));
        Assert.False(RpcAccess.From(Parse("rpcwhitelistdefault=1")).Whitelist.Allows("c", "stop"));
    }

    [Fact]
    public void General_LogAndEnd()
    {
        var general = GeneralConfiguration.From(Parse("debug=1", "debugexclude=qt", "stopatheight=207"));
        Assert.Equal(207, general.StopAtHeight);
        Assert.True(general.LogCategories.IsOn("net"));
        Assert.False(general.LogCategories.IsOn("qt"));
        Assert.False(GeneralConfiguration.From(Parse()).LogCategories.IsAnyOn);
        Assert.Contains("Unsupported logging category debug=foo", Assert.Throws<CommandException>(() => GeneralConfiguration.From(Parse("debug=foo"))).Message, StringComparison.Ordinal);
        Assert.Contains("stopatheight", Assert.Throws<CommandException>(() => GeneralConfiguration.From(Parse("stopatheight=x"))).Message, StringComparison.Ordinal);
    }

    private static ConfigurationFile Parse(params string[] lines) => ConfigurationFile.Parse("chain.conf", lines, "private");
}
