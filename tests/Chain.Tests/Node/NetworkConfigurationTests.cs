using Chain.Network;
using Chain.Node;

namespace Chain.Tests.Node;

/// <summary>What a configuration says about the name that peers see.</summary>
public class NetworkConfigurationTests
{
    [Fact]
    public void UserAgent_Comments_StandInBracketsAfterTheVersion()
    {
        Assert.Matches(@"^/chain:\d+\.\d+\.\d+/$", From().UserAgent);
        Assert.Matches(@"^/chain:\d+\.\d+\.\d+\(testnode0; b, c\)/$", From("uacomment=testnode0", "uacomment=b, c").UserAgent);
    }

    [Theory]
    [InlineData("a/b", "User Agent comment (a/b) contains unsafe characters.")]
    [InlineData("a(b", "User Agent comment (a(b) contains unsafe characters.")]
    public void UserAgent_CommentWithMarksOfTheForm_IsRefused(string comment, string words) =>
        Assert.Equal(words, Assert.Throws<CommandException>(() => From("uacomment=" + comment)).Message);

    [Fact]
    public void UserAgent_LongerThanAVersionMessageTakes_IsRefused()
    {
        var refusal = Assert.Throws<CommandException>(() => From("uacomment=" + new string('a', 256)));
        Assert.Contains("exceeds maximum length (256)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PeerTimeout_IsAPositiveNumberOfSeconds()
    {
        Assert.Equal(TimeSpan.FromMinutes(1), From().PeerTimeout);
        Assert.Equal(TimeSpan.FromSeconds(3), From("peertimeout=3").PeerTimeout);
        Assert.Contains("must be a positive integer", Assert.Throws<CommandException>(() => From("peertimeout=0")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whitelist_WordsBeforeTheAddress_ArePermissionsAndDirections()
    {
        var nets = From("whitelist=127.0.0.1", "whitelist=noban,in,out@127.0.0.0/8", "whitelist=all@::1", "bantime=60");
        Assert.Equal(60, nets.BanTime);
        Assert.Equal(["noban", "relay", "mempool", "download"], PermissionText.Of(nets.Permitted[0].Permissions));
        Assert.Equal(["noban", "download"], PermissionText.Of(nets.Permitted[1].Permissions));
        Assert.True(nets.Permitted[1] is { Inbound: true, Outbound: true });
        Assert.True(nets.Permitted[2] is { Inbound: true, Outbound: false, Permissions: PeerPermissions.All });
    }

    [Theory]
    [InlineData("whitelist=oopsie@127.0.0.1", "Invalid P2P permission: 'oopsie'")]
    [InlineData("whitelist=noban@127.0.0.1:230", "Invalid netmask specified in -whitelist: '127.0.0.1:230'")]
    [InlineData("bantime=0", "bantime is '0', and must be a number from 1 to 2147483647")]
    public void Values_ThatMakeNoSense_AreRefused(string line, string words) =>
        Assert.Contains(words, Assert.Throws<CommandException>(() => From(line)).Message, StringComparison.Ordinal);

    private static NetworkConfiguration From(params string[] lines) => NetworkConfiguration.From(ConfigurationFile.Parse("chain.conf", lines, "regtest"));
}
