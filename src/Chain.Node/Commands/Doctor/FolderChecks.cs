using Chain.Core.Consensus;
using Chain.Node.Commands.Wallets;
using Chain.Node.Explorer;
using Chain.Node.Rpc;
using Chain.Node.Snapshots;
using Chain.Node.Wallet;
using Chain.State;
using Chain.State.Storage;

namespace Chain.Node.Commands.Doctor;

/// <summary>Whether the files of a node are in order, as far as that can be seen without opening the chain.</summary>
internal static class FolderChecks
{
    public static IEnumerable<Finding> All(NodeSettings settings)
    {
        yield return Try("chain", () => ChainOf(settings), e => e switch
        {
            DatabaseException { IsDamage: true } => DatabaseChecks.Advice(settings),
            DatabaseException => "Mend that, and call 'chain doctor' again.",
            _ => "Copy genesis.json again from who made the chain.",
        });
        yield return Try("wallet", () => WalletOf(settings), _ => "Put the newest backup in its place: 'chain wallet' says how.");
        foreach (var finding in Look("copies in clear", () => Copies(settings))) yield return finding;
        if (Configuration(settings) is { } configuration) yield return configuration;
        foreach (var finding in Look("modes", () => ModeChecks.All(settings))) yield return finding;
        foreach (var finding in Look("files", () => Leftovers(settings.DataDirectory))) yield return finding;
    }

    private static Finding ChainOf(NodeSettings settings)
    {
        if (ChainFolder.FindParams(settings) is not { } p)
        {
            return Finding.Problem(
                "chain", $"there is none in {settings.DataDirectory} for node {settings.NodeId}",
                "Create one with 'chain createblockchain --address ADDRESS', take one over with 'chain init FILE', or try 'chain dev'. --datadir and --node (or CHAIN_DATADIR and NODE_ID) name another place.");
        }

        if (File.Exists(settings.DatabasePath) && File.Exists(settings.GenesisPath) && ChainFolder.ReadGenesis(settings.GenesisPath).Genesis.Hash != p.Genesis.Hash)
        {
            return Finding.Problem(
                "chain", $"{settings.DatabasePath} holds another chain than {settings.GenesisPath} describes",
                "One of both belongs to another folder: move it there. A node goes by its database.");
        }

        return Finding.Good("chain", $"{p.Profile}, {p.Genesis.Hash}{(File.Exists(settings.DatabasePath) ? "" : "; this node has no database yet")}");
    }

    private static Finding WalletOf(NodeSettings settings)
    {
        if (!File.Exists(settings.WalletPath)) return Finding.Note("wallet", $"there is no {Path.GetFileName(settings.WalletPath)}", "'chain createwallet' makes one.");
        using var wallet = KeyStore.Load(settings.WalletPath);
        return wallet.IsEncrypted
            ? Finding.Good("wallet", "it reads, and its private keys are encrypted")
            : Finding.Note("wallet", "it reads; its private keys are not encrypted", "'chain wallet encrypt' encrypts them, should they ever be worth something.");
    }

    private static IEnumerable<Finding> Copies(NodeSettings settings)
    {
        List<string> copies = [.. NodeFiles.WalletsOf(settings.WalletPath).SelectMany(path => ClearCopies.Find(settings.DataDirectory, path)).Distinct()];
        if (copies.Count > 0)
            yield return Finding.Note("copies in clear", $"the wallet is encrypted, and its private keys lie in clear in {string.Join(", ", copies)}", ClearCopies.Removal(copies, settings.DataDirectory));
    }

    private static Finding? Configuration(NodeSettings settings)
    {
        if (!File.Exists(settings.ConfigurationPath)) return null;
        try
        {
            // As the node would read it: the sections of its own chain, every value.
            var p = FindParams(settings) ?? Profiles.Regtest with { Profile = Profiles.Private };
            var configuration = ConfigurationFile.Read(settings, p.Profile);
            _ = RpcAccess.From(configuration);
            _ = NetworkConfiguration.From(configuration);
            _ = GeneralConfiguration.From(configuration);
            _ = WalletSettings.From(configuration);
            _ = ExplorerSettings.From(configuration);
            _ = PoolConfiguration.Apply(MempoolPolicy.For(p), configuration);
            var unknown = configuration.Unknown(ConfigurationNames.All).ToList();
            return unknown.Count == 0
                ? Finding.Good("configuration", settings.ConfigurationPath)
                : Finding.Note("configuration", $"{settings.ConfigurationPath} has names that nobody reads: {string.Join(", ", unknown)}", "Look for a mistyped name.");
        }
        catch (CommandException e)
        {
            return Finding.Problem("configuration", e.Message, "Mend the file: no node starts with it.");
        }
    }

    private static IEnumerable<Finding> Leftovers(string folder)
    {
        var left = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.tmp").Length : 0;
        if (left > 0) yield return Finding.Note("files", $"{left} files end with .tmp: a program was killed while it wrote them", "Once no node runs here they can be deleted.");
    }

    /// <summary>The chain's parameters, as far as they read; what is wrong with them is told elsewhere.</summary>
    private static ChainParams? FindParams(NodeSettings settings)
    {
        try
        {
            return ChainFolder.FindParams(settings);
        }
        catch (Exception e) when (e is CommandException or DatabaseException)
        {
            return null;
        }
    }

    /// <summary>What is found where the folder can be read; where it cannot, that is told already.</summary>
    private static List<Finding> Look(string what, Func<IEnumerable<Finding>> look)
    {
        try
        {
            return [.. look()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [Finding.Note(what, $"they could not be looked at: {e.Message}")];
        }
    }

    private static Finding Try(string what, Func<Finding> look, Func<Exception, string> advice)
    {
        try
        {
            return look();
        }
        catch (Exception e) when (e is CommandException or DatabaseException or WalletException or IOException or UnauthorizedAccessException)
        {
            return Finding.Problem(what, e.Message, advice(e));
        }
    }
}
