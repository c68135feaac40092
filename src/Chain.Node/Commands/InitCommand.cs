using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;

namespace Chain.Node.Commands;

/// <summary><c>chain init</c>: takes over a chain from its file, or Bitcoin's regtest by name.</summary>
internal static class InitCommand
{
    public static Command Create(CommandConsole console)
    {
        var source = new Argument<string>("FILE|regtest") { Description = "A genesis.json, or 'regtest' for Bitcoin's regression test chain." };
        var command = new Command("init", """
            Take part in a chain that exists: from its genesis.json, or 'regtest'.

            Examples:
              chain init genesis.json               the file that who made the chain gave you
              chain init genesis.json --node 3001   for another node of this folder
              chain init regtest --datadir FOLDER   Bitcoin's regression test chain
            """) { source };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var settings = run.Settings;
            var p = Read(run.Parsed.GetRequiredValue(source));
            CheckAdoptable(settings, p);
            await AdoptAsync(settings, p, cancellationToken).ConfigureAwait(false);
            using (await ChainFolder.OpenAsync(settings, p, console.Clock, cancellationToken).ConfigureAwait(false))
            {
                var json = new JsonObject { ["node"] = settings.NodeId, ["genesis"] = p.Genesis.Hash.ToString() };
                await run.DataAsync(json, $"Node {settings.NodeId} takes part in the chain {p.Genesis.Hash}.").ConfigureAwait(false);
            }

            run.Say("'chain startnode' runs it.");
        });
        return command;
    }

    /// <summary>Throws where the folder holds another chain.</summary>
    public static void CheckAdoptable(NodeSettings settings, ChainParams p)
    {
        if (ChainFolder.FindParams(settings) is not { } present) return;
        if (present.Genesis.Hash != p.Genesis.Hash)
            throw new CommandException($"{settings.DataDirectory} holds another chain already, {present.Genesis.Hash}. Choose another --datadir or --node for this one.");
        if (GenesisFile.Write(present) != GenesisFile.Write(p))
            throw new CommandException($"{settings.DataDirectory} holds a chain with the same first block but other parameters. Choose another --datadir, or remove what is there.");
    }

    /// <summary>Makes a chain that of the folder: writes its genesis.json where there is none.</summary>
    public static async Task AdoptAsync(NodeSettings settings, ChainParams p, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.DataDirectory);
        if (!File.Exists(settings.GenesisPath)) await NewFile.WriteAsync(settings.GenesisPath, GenesisFile.Write(p), cancellationToken).ConfigureAwait(false);
    }

    private static ChainParams Read(string source)
    {
        if (source == Profiles.RegtestName) return Profiles.Regtest;
        return File.Exists(source)
            ? ChainFolder.ReadGenesis(source)
            : throw new CommandException($"There is no file '{source}'. Name a {GenesisFile.FileName}, or 'regtest'.");
    }
}
