using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Chain.Node.Rpc;
using Chain.Node.Wallet;

namespace Chain.Node.Commands.Net;

/// <summary><c>chain net up</c>: starts a network of local nodes, which is made where there is none.</summary>
internal static class NetUpCommand
{
    private const int MostNodes = 50;
    private const int UsualNodes = 3;

    private static readonly Argument<int?> Count = new("N")
    {
        Description = "How many nodes; without it those that the network has, 3 in a new one.",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostNodes) return count;
            result.AddError($"'{text}' is no number of nodes: it is a whole number from 1 to {MostNodes}.");
            return null;
        },
    };

    private static readonly Option<int?> Miners = NumberOption.Create("--miners", "How many of them mine, as soon as a transaction waits; 1 in a new network.", "M");

    private static readonly Option<int?> BasePort = NumberOption.Create("--base-port", "The number of the first node, which is its P2P port; the others follow. --node or NODE_ID say it as well; 3000 without them.", "PORT");

    public static Command Create(CommandConsole console)
    {
        var command = new Command("up", """
            Start a network of local nodes in the background: wallets and a chain are made where there are none, and it is waited until all agree.

            Examples:
              chain net up 3                     nodes 3000, 3001 and 3002, in the current folder
              chain net up 5 --miners 2          two of five mine
              chain net up --datadir ~/class     the network of that folder again, with all its data
            """) { Count, Miners, BasePort };
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var known = NetFile.Find(run.Settings.DataDirectory);
        var file = Plan(run, known);
        using var folder = await NetFolder.TakeAsync(run, cancellationToken).ConfigureAwait(false);
        var before = Directory.GetFiles(folder.Path);
        var runs = false;
        try
        {
            CreateWallets(run, file, cancellationToken);
            await CreateChainAsync(run, file.Nodes[0].Id, cancellationToken).ConfigureAwait(false);
            file.Save(folder.Path);
            var (views, started) = await NetStart.RunAsync(run, file, [.. file.Nodes.Select(node => node.Id)], cancellationToken).ConfigureAwait(false);
            runs = true;
            await ApplyMinersAsync(run, known, file, cancellationToken).ConfigureAwait(false);
            await NetTable.ShowAsync(run, file, views).ConfigureAwait(false);
            run.Say(started == 0 ? "All ran already." : $"Started {started} of {views.Length}; they run until 'chain net down'.");
            Suggest(run, file);
        }
        catch when (!runs)
        {
            // What has never run need not be remembered.
            if (known is null) File.Delete(Path.Combine(folder.Path, NetFile.FileName));
            else known.Save(folder.Path);
            if (known is null) SayWhatStays(run, file, [.. Directory.GetFiles(folder.Path).Except(before).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]);
            throw;
        }
    }

    /// <summary>The network as it shall be: the one that is there, with nodes added where more are wanted.</summary>
    private static NetFile Plan(CommandRun run, NetFile? known)
    {
        var count = run.Get(Count) ?? known?.Nodes.Count ?? UsualNodes;
        if (known is not null && run.Get(BasePort) is null) NetMember.RefuseNode(run, "'chain startnode --node ID' starts one of them.");
        var first = known?.Nodes[0].Id ?? NetMember.FirstNode(run, run.Get(BasePort)) ?? NodeSettings.CentralNode;
        if (run.Get(BasePort) is { } wanted && wanted != first)
            throw CommandException.Usage($"The network in {run.Settings.DataDirectory} begins with node {first}, not {wanted}. Use another --datadir for another network.");
        if (first < 1 || first + count - 1 > NodeSettings.HighestId)
            throw CommandException.Usage($"--base-port {first} leaves no room for {count} nodes: their numbers are from 1 to {NodeSettings.HighestId}.");
        if (count < known?.Nodes.Count)
            throw CommandException.Usage($"The network in {run.Settings.DataDirectory} has {known.Nodes.Count} nodes, more than {count}. 'chain net up' starts them all; a smaller one needs another --datadir.");
        if (known is { Partition.Count: > 0 } && count > known.Nodes.Count)
            throw CommandException.Usage("The network is partitioned: 'chain net heal' first, then add nodes.");
        if (run.Get(Miners) is < 0 || run.Get(Miners) > count) throw CommandException.Usage($"--miners {run.Get(Miners)} makes no sense: it is a number from 0 to the {count} nodes.");
        var miners = run.Get(Miners) ?? (known is null ? 1 : -1);
        var nodes = Enumerable.Range(0, count).Select(i => new NetNode(
            known?.Nodes.ElementAtOrDefault(i)?.Id ?? first + i,
            miners >= 0 ? i < miners : known!.Nodes.ElementAtOrDefault(i) is { Mines: true }));
        return known is null ? NetFile.Of(nodes) : known with { Nodes = [.. nodes] };
    }

    /// <summary>Nodes that ran already mine from now on, or no more, as the network says now.</summary>
    private static async Task ApplyMinersAsync(CommandRun run, NetFile? known, NetFile file, CancellationToken cancellationToken)
    {
        foreach (var node in file.Nodes.Where(node => known?.With(node.Id, node.Mines) is not null))
        {
            var settings = NetFolder.SettingsOf(run.Settings, node.Id);
            if (await NetFolder.TryConnectAsync(settings, run.Clock, cancellationToken).ConfigureAwait(false) is not { } client) continue;
            await using (client.ConfigureAwait(false))
            {
                _ = node.Mines
                    ? await client.GetAsync("startminer", cancellationToken, NetTable.MinersAddress(settings), 1, true, 0).ConfigureAwait(false)
                    : await client.GetAsync("stopminer", cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static void CreateWallets(CommandRun run, NetFile file, CancellationToken cancellationToken)
    {
        using var random = RandomNumberGenerator.Create();
        foreach (var node in file.Nodes.Select(node => NetFolder.SettingsOf(run.Settings, node.Id)).Where(node => !File.Exists(node.WalletPath)))
            _ = KeyStore.AddKey(node.WalletPath, null, random, run.Clock, cancellationToken);
    }

    private static async Task CreateChainAsync(CommandRun run, int first, CancellationToken cancellationToken)
    {
        var node = NetFolder.SettingsOf(run.Settings, first);
        if (ChainFolder.FindParams(node) is not null) return;
        var address = NetTable.FindAddress(node) ?? throw new CommandException($"The wallet {node.WalletPath} has no address. Make one with 'chain createwallet --node {first}'.");
        var p = await CreateBlockchainCommand.CreateAsync(node, address, null, run.Clock, cancellationToken).ConfigureAwait(false);
        run.Say($"Created the chain {p.Genesis.Hash}; its first {p.Subsidy} coins belong to node {first}.");
    }

    /// <summary>What was made before it failed has cost work, and may hold keys that somebody has seen: it is told, and not removed.</summary>
    private static void SayWhatStays(CommandRun run, NetFile file, IReadOnlyList<string> files)
    {
        if (files.Count == 0) return;
        var folder = run.Settings.DataDirectory;
        var remove = $"rm {string.Join(' ', files.Select(ShellWord.Quote))}";
        var again = $"chain net up {file.Nodes.Count}{(file.Nodes[0].Id == NodeSettings.CentralNode ? "" : $" --base-port {file.Nodes[0].Id}")}{(run.Get(Miners) is { } miners ? $" --miners {miners}" : "")}";
        run.Say($"No node of it runs. What was made stays, and the next '{again}' goes on with it. To remove it: {(folder == Environment.CurrentDirectory ? remove : $"(cd {ShellWord.Quote(folder)} && {remove})")}");
    }

    private static void Suggest(CommandRun run, NetFile file)
    {
        var (first, last) = (file.Nodes[0].Id, file.Nodes[^1].Id);
        var pay = NetTable.FindAddress(NetFolder.SettingsOf(run.Settings, first)) is { } from && NetTable.FindAddress(NetFolder.SettingsOf(run.Settings, last)) is { } to && from != to
            ? $"Pay: chain send --node {first} --from {from} --to {to} --amount 1{Elsewhere(run)}" : "";
        if (pay.Length > 0) run.Say(pay);
    }

    /// <summary>How the folder is named to the next command, where it is not the current one.</summary>
    private static string Elsewhere(CommandRun run) => run.Settings.DataDirectory == Environment.CurrentDirectory ? "" : $" --datadir {ShellWord.Quote(run.Settings.DataDirectory)}";
}
