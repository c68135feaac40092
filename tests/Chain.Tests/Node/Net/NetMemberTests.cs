using System.Net;
using Chain.Node;
using Chain.Node.Commands.Net;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Net;

/// <summary>What the network of a folder means for a command about one node.</summary>
public sealed class NetMemberTests
{
    /// <summary>Who is no member turns to the central node of the network beside it, not to the usual place.</summary>
    [Theory]
    [InlineData(4000, 4001)]
    [InlineData(4002, 4000)]
    [InlineData(4003, 4000)]
    [InlineData(3000, 4000)]
    public void Central_OfAFolderWithANetwork_IsItsFirstNode(int node, int central)
    {
        using var folder = new DataFolder();
        Save(folder);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, central), NetMember.CentralOf(Settings(folder, node)));
    }

    [Fact]
    public void Central_OfAFolderWithoutANetwork_IsTheUsualNode()
    {
        using var folder = new DataFolder();
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, NodeSettings.CentralNode), NetMember.CentralOf(Settings(folder, 4003)));
    }

    /// <summary>Who starts a node means a new one, or one that is named; the central one may run already.</summary>
    [Theory]
    [InlineData("startnode", NodeSettings.CentralNode)]
    [InlineData("show tip", 4000)]
    public async Task Follow_WhereNoNodeIsNamed(string line, int expected)
    {
        using var folder = new DataFolder();
        Save(folder);
        var node = await Cli.InTurnAsync(root => NetMember.Follow(Settings(folder, null), root.Parse(line.Split(' ')), _ => { }).NodeId);
        Assert.Equal(expected, node);
    }

    private static void Save(DataFolder folder) => NetFile.Of([new NetNode(4000, Mines: true), new NetNode(4001, Mines: false), new NetNode(4002, Mines: false)]).Save(folder.Root);

    private static NodeSettings Settings(DataFolder folder, int? node) => NodeSettings.From(node?.ToString(System.Globalization.CultureInfo.InvariantCulture), folder.Root, null, null, _ => null);
}
