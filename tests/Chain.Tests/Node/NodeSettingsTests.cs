using Chain.Node;

namespace Chain.Tests.Node;

/// <summary>A node is its NODE_ID: what follows from it, and what overrides it.</summary>
public sealed class NodeSettingsTests
{
    [Fact]
    public void From_Nothing_IsTheCentralNodeInTheCurrentFolder()
    {
        var settings = From();
        Assert.Equal(3000, settings.NodeId);
        Assert.False(settings.IsNodeIdGiven);
        Assert.Equal(Environment.CurrentDirectory, settings.DataDirectory);
        Assert.Null(settings.Port);
        Assert.Equal(13000, settings.HttpPort);
    }

    [Fact]
    public void From_NodeId_NamesPortsAndFiles()
    {
        var settings = From(environment: new() { ["NODE_ID"] = "3002", ["CHAIN_DATADIR"] = "/data" });
        Assert.True(settings.IsNodeIdGiven);
        Assert.Equal(13002, settings.HttpPort);
        Assert.Equal(Path.GetFullPath("/data/blockchain_3002.db"), settings.DatabasePath);
        Assert.Equal(Path.GetFullPath("/data/Wallets_3002.dat"), settings.WalletPath);
        Assert.Equal(Path.GetFullPath("/data/.cookie_3002"), settings.CookiePath);
        Assert.Equal(Path.GetFullPath("/data/genesis.json"), settings.GenesisPath);
    }

    [Fact]
    public void From_Flags_OverrideTheEnvironment()
    {
        var settings = From("3001", "/flag", 4000, 5000, new() { ["NODE_ID"] = "3002", ["CHAIN_DATADIR"] = "/data" });
        Assert.Equal((3001, Path.GetFullPath("/flag"), 4000, 5000), (settings.NodeId, settings.DataDirectory, settings.Port, settings.HttpPort));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void From_BlankVariables_AreNotGiven(string blank)
    {
        var settings = From(environment: new() { ["NODE_ID"] = blank, ["CHAIN_DATADIR"] = blank });
        Assert.Equal((3000, false, Environment.CurrentDirectory), (settings.NodeId, settings.IsNodeIdGiven, settings.DataDirectory));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("55535")]
    public void From_ExtremeNodeIds_HavePorts(string id) => Assert.InRange(From(id).HttpPort, 10001, 65535);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+3000")]
    [InlineData("55536")]
    [InlineData("3000.0")]
    [InlineData("3,000")]
    [InlineData("0x10")]
    [InlineData(" 3000")]
    [InlineData("٣٠٠٠")]
    [InlineData("99999999999999999999")]
    [InlineData("central")]
    public void From_MalformedNodeId_NamesWhereItCameFrom(string id)
    {
        Assert.Contains("--node is a port number", Assert.Throws<CommandException>(() => From(id)).Message, StringComparison.Ordinal);
        var fromVariable = Assert.Throws<CommandException>(() => From(environment: new() { ["NODE_ID"] = id }));
        Assert.Contains($"'{id}' is no node: NODE_ID is a port number", fromVariable.Message, StringComparison.Ordinal);
        Assert.Equal(CommandException.UsageStatus, fromVariable.Status);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(65535, true)]
    [InlineData(-1, false)]
    [InlineData(65536, false)]
    public void From_Port_InRange(int port, bool isGood)
    {
        if (isGood) Assert.Equal(port, From(port: port).Port);
        else Assert.Throws<CommandException>(() => From(port: port));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(65535, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(65536, false)]
    public void From_HttpPort_InRange(int port, bool isGood)
    {
        if (isGood) Assert.Equal(port, From(httpPort: port).HttpPort);
        else Assert.Throws<CommandException>(() => From(httpPort: port));
    }

    private static NodeSettings From(string? node = null, string? folder = null, int? port = null, int? httpPort = null, Dictionary<string, string>? environment = null) =>
        NodeSettings.From(node, folder, port, httpPort, name => environment?.GetValueOrDefault(name));
}
