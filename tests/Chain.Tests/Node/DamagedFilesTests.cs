using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Node;

/// <summary>Files with random damage: a command does its work or says in one line why not; it never breaks.</summary>
public sealed class DamagedFilesTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;
    private readonly ITestOutputHelper _output;

    public DamagedFilesTests(CommandWorld world, ITestOutputHelper output)
    {
        _world = world;
        _output = output;
    }

    [Fact]
    public void Database_WithRandomDamage_WorksOrSaysWhyNot() => Check("blockchain_3000.db", 200,
        ["getbalance", "--address", _world.Own], ["printchain"], ["reindexutxo"], ["rpc", "getblockchaininfo"],
        ["send", "--from", _world.Own, "--to", _world.Stranger, "--amount", "1", "--mine"]);

    [Fact]
    public void Genesis_WithRandomDamage_WorksOrSaysWhyNot() => Check("genesis.json", 200,
        ["init", "FILE"], ["createwallet", "--node", "3005"], ["getbalance", "--address", _world.Own, "--node", "3005"]);

    [Fact]
    public void Wallet_WithRandomDamage_WorksOrSaysWhyNot() => Check("Wallets_3000.dat", 200, ["listaddresses"], ["createwallet"]);

    private void Check(string file, int cases, params string[][] commands) => Property.Check(_output, cases, generate =>
    {
        using var folder = _world.Copy();
        var bytes = File.ReadAllBytes(folder.PathOf(file));
        folder.Write(file, generate.Mutate(bytes));
        var command = generate.OneOf(commands);
        string[] arguments = [.. command.Select(word => word == "FILE" ? folder.PathOf(file) : word), "--datadir", folder.Root];
        var result = Cli.RunAsync(arguments).GetAwaiter().GetResult();
        if (result.Status == 0 || result.Output.Contains("which were repaired", StringComparison.Ordinal)) return;
        Assert.True(result.Status != 70, string.Join(' ', arguments) + ": " + result.Error);
        Assert.StartsWith("chain: ", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
    });
}
