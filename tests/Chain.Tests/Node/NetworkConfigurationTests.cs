using Chain.Node;

namespace Chain.Tests.Node;

/// <summary>What a configuration says about the name that peers see.</summary>
public class NetworkConfigurationTests
{
    [Fact]
    public void UserAgent_Comments_StandInBracketsAfterTheVersion()
    {
        Assert.Matches(@"^/chain:\d+\.\d+\.\d+/$", NetworkConfiguration.UserAgent(Parse()));
        Assert.Matches(@"^/chain:\d+\.\d+\.\d+\(testnode0; b, c\)/$", NetworkConfiguration.UserAgent(Parse("uacomment=testnode0", "uacomment=b, c")));
    }

    [Theory]
    [InlineData("a/b", "User Agent comment (a/b) contains unsafe characters.")]
    [InlineData("a(b", "User Agent comment (a(b) contains unsafe characters.")]
    public void UserAgent_CommentWithMarksOfTheForm_IsRefused(string comment, string words) =>
        Assert.Equal(words, Assert.Throws<CommandException>(() => NetworkConfiguration.UserAgent(Parse("uacomment=" + comment))).Message);

    [Fact]
    public void UserAgent_LongerThanAVersionMessageTakes_IsRefused()
    {
        var refusal = Assert.Throws<CommandException>(() => NetworkConfiguration.UserAgent(Parse("uacomment=" + new string('a', 256))));
        Assert.Contains("exceeds maximum length (256)", refusal.Message, StringComparison.Ordinal);
    }

    private static ConfigurationFile Parse(params string[] lines) => ConfigurationFile.Parse("chain.conf", lines, "regtest");
}
