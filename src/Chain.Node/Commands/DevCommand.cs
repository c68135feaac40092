using System.CommandLine;
using System.Net;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Node.Dev;
using Chain.Node.Explorer;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Commands;

/// <summary><c>chain dev</c>: a chain to try things on, in one process: funded accounts, a block for each transaction, RPC.</summary>
internal static class DevCommand
{
    private const int MostPortsTried = 1_000;

    private static readonly Option<bool> Keep = new("--keep") { Description = "Keep the chain's folder at the end. One that --datadir names is always kept." };

    private static readonly Option<bool> AnyPort = new("--any-port") { Description = "Take the next node number whose ports are free." };

    private static readonly Option<bool> NoMining = new("--no-mining") { Description = "Make no blocks; 'chain mine' and 'chain miner start' do." };

    public static Command Create(CommandConsole console)
    {
        var command = new Command(
            "dev",
            """
            Run a private chain to try things on: ten accounts with 1,000 coins each, a block for each transaction. Not real money.

            Examples:
              chain dev                                              begin a chain; in another terminal, in any folder:
              chain send --from alice --to bob --amount 1 --wait     pay
              chain dev --block-time 5 --datadir FOLDER              a block every 5 seconds; FOLDER keeps the chain
            """)
        { Keep, AnyPort, MiningOptions.Automine, MiningOptions.BlockTime, MiningOptions.Threads, NoMining, CorsOption.Value };
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        Secp256k1.Load();
        var order = CheckMining(run);
        var isFolderGiven = DevFinder.IsFolderGiven(run.Parsed, Environment.GetEnvironmentVariable);
        var settings = Place(run);
        var p = isFolderGiven ? FindChain(settings) ?? DevChain.Create(run.Clock) : DevChain.Create(run.Clock);
        if (!isFolderGiven) settings = settings with { DataDirectory = DevFolder.Create() };
        var note = new DevNote(settings.NodeId, settings.DataDirectory, IsTemporary: !isFolderGiven && !run.Get(Keep)) { CookiePath = settings.GivenCookiePath, HttpBind = settings.HttpBind };
        try
        {
            await HostAsync(run, settings, p, note, isFolderGiven, order, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Remove(run, note);
        }

        if (Directory.Exists(note.Folder) && note.IsTemporary) return 0;
        run.Say(note.IsTemporary
            ? "The dev chain is gone, with all that was on it. --keep or --datadir keeps the next one."
            : $"The dev chain stays in {settings.DataDirectory}: 'chain dev{DevBanner.Place(settings, isNamed: true)}' goes on with it.");
        return 0;
    }

    private static async Task HostAsync(
        CommandRun run, NodeSettings settings, ChainParams p, DevNote note, bool isFolderGiven, MiningOrder? order, CancellationToken cancellationToken)
    {
        var options = Options(settings) with { Mining = order };
        var host = new NodeHost(run, settings, p) { Level = run.Manners.IsQuiet ? LogLevel.Warning : LogLevel.Information, Cors = run.Get(CorsOption.Value) };
        var banner = new DevBanner(settings, p, note, isFolderGiven, options.Mining);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = host.RunAsync(options, stop => PrepareAsync(run, settings, p, stop), banner.ReadBalances, _ => ready.SetResult(), end.Token);
        try
        {
            if (await Task.WhenAny(ready.Task, running).ConfigureAwait(false) == ready.Task)
            {
                Leave(run, note);
                await run.DataAsync(banner.ToJson(), banner.Show).ConfigureAwait(false);
            }
        }
        catch (OutputException)
        {
            // Nobody sees it: the node ends in order before that is told.
            await end.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(false);
            throw;
        }

        await running.ConfigureAwait(false);
    }

    private static async Task PrepareAsync(CommandRun run, NodeSettings settings, ChainParams p, CancellationToken cancellationToken)
    {
        await InitCommand.AdoptAsync(settings, p, cancellationToken).ConfigureAwait(false);
        DevWallet.Create(settings.WalletPath, run.Clock);
    }

    /// <summary>Where no note can be left the chain runs all the same, and must be named.</summary>
    private static void Leave(CommandRun run, DevNote note)
    {
        try
        {
            note.Write(Environment.GetEnvironmentVariable);
        }
        catch (Exception e) when (e is CommandException or IOException or UnauthorizedAccessException)
        {
            run.Warn($"Other commands find this chain only with --datadir {note.Folder} --node {note.NodeId}: {e.Message}");
        }
    }

    /// <summary>The node, on ports that are free. What earlier dev chains left that were killed is removed.</summary>
    private static NodeSettings Place(CommandRun run)
    {
        var running = new List<int>();
        foreach (var note in DevNote.ReadAll(Environment.GetEnvironmentVariable))
        {
            if (note.IsRunning()) running.Add(note.NodeId);
            else Remove(run, note);
        }

        var settings = run.Settings;
        if (run.Get(AnyPort))
        {
            for (var i = 0; i < MostPortsTried; i++)
            {
                var next = settings with { NodeId = settings.NodeId + i, IsNodeIdGiven = true };
                if (next.NodeId <= NodeSettings.HighestId && !running.Contains(next.NodeId) && IsFree(next)) return next;
            }

            throw new CommandException($"None of the {MostPortsTried} nodes from {settings.NodeId} on has free ports. Name another with --node.");
        }

        if (running.Contains(settings.NodeId))
            throw new CommandException($"A dev chain of node {settings.NodeId} runs already. 'chain stop --node {settings.NodeId}' ends it; 'chain dev --any-port' starts another one beside it.");
        try
        {
            FullNode.CheckPorts(settings, Options(settings));
        }
        catch (CommandException e)
        {
            throw new CommandException($"{e.Message} 'chain dev --any-port' takes free ones.", e);
        }

        return settings;
    }

    /// <summary>Removes what a dev chain leaves; what must stay is told, since nobody looks for it any more.</summary>
    private static void Remove(CommandRun run, DevNote note)
    {
        if (!note.Remove(Environment.GetEnvironmentVariable))
            run.Warn($"The folder {note.Folder} of a dev chain stays: that 'chain dev' made it to be deleted is not beyond doubt. Delete it where nothing in it is yours.");
    }

    private static bool IsFree(NodeSettings settings)
    {
        try
        {
            FullNode.CheckPorts(settings, Options(settings));
            return true;
        }
        catch (CommandException)
        {
            return false;
        }
    }

    private static FullNodeOptions Options(NodeSettings settings) => new() { Listen = new IPEndPoint(IPAddress.Loopback, settings.Port ?? settings.NodeId) };

    /// <summary>The dev chain that a folder holds; null where it is empty. Throws where it holds anything else.</summary>
    private static ChainParams? FindChain(NodeSettings settings)
    {
        Directory.CreateDirectory(settings.DataDirectory);
        if (ChainFolder.FindParams(settings) is not { } p)
        {
            return File.Exists(settings.WalletPath)
                ? throw new CommandException($"{settings.WalletPath} is a wallet already. Name an empty folder with --datadir, or none for a folder that is removed at the end.")
                : null;
        }

        return DevChain.IsOne(p)
            ? p
            : throw new CommandException($"{settings.DataDirectory} holds a chain that is no dev chain. Name another folder with --datadir, or none for one that is removed at the end.");
    }

    /// <summary>How the chain mines; null for not at all. What makes no sense is told before anything is looked at.</summary>
    private static MiningOrder? CheckMining(CommandRun run)
    {
        var order = MiningOptions.Order(run.Parsed, DevAccounts.Miner.AddressOn(Profiles.PrivateAddressFormat)) with { Threads = MiningOptions.ParseThreads(run.Parsed) ?? 1 };
        if (run.Get(NoMining) && MiningOptions.AreGiven(run.Parsed)) throw CommandException.Usage("--no-mining contradicts --automine and --block-time: leave one out.");
        _ = new ExplorerSettings().With(run.Get(CorsOption.Value));
        return run.Get(NoMining) ? null : order;
    }
}
