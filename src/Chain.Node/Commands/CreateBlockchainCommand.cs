using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Mining;

namespace Chain.Node.Commands;

/// <summary><c>chain createblockchain</c>: mines a genesis block that pays an address, and writes the chain as a file.</summary>
internal static class CreateBlockchainCommand
{
    private const string Message = "chain genesis";

    public static Command Create(CommandConsole console)
    {
        var address = new Option<string>("--address") { Description = "Who is paid by the first block: an address or a label.", Required = true, HelpName = "ADDRESS" };
        var parameters = new Option<string?>("--params")
        {
            Description = "A JSON file with parameters that shall differ from the private profile's, such as {\"subsidy\": 50, \"halvingInterval\": 210000}.",
            HelpName = "FILE",
        };
        var command = new Command("createblockchain", """
            Create a chain of your own: genesis.json, and this node's database.

            Examples:
              chain createblockchain --address ADDRESS                 its first coins belong to ADDRESS
              chain createblockchain --address ADDRESS --node 3001     the database is node 3001's
              chain createblockchain --address ADDRESS --params FILE   with other rules than the usual ones
            """) { address, parameters };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var (settings, payee) = (run.Settings, run.Parsed.GetRequiredValue(address));
            run.Reached = "No chain was created.";
            var p = await CreateAsync(settings, payee, run.Get(parameters), console.Clock, cancellationToken).ConfigureAwait(false);
            run.Reached = $"The chain {p.Genesis.Hash} is created.";
            var json = new JsonObject { ["genesis"] = p.Genesis.Hash.ToString(), ["file"] = settings.GenesisPath, ["address"] = Nicknames.ResolveInFile(settings, payee, p).ToString() };
            await run.DataAsync(json, $"Created the chain {p.Genesis.Hash}.{Environment.NewLine}Its first {p.Subsidy} coins belong to {payee}.").ConfigureAwait(false);
            run.Say($"Give {settings.GenesisPath} to everyone who shall take part; 'chain startnode' runs a node of it.");
        });
        return command;
    }

    /// <summary>Makes a chain whose first block pays an address, with parameters from a file where one is given.</summary>
    public static async Task<ChainParams> CreateAsync(NodeSettings settings, string address, string? parametersPath, TimeProvider clock, CancellationToken cancellationToken)
    {
        RequireNoChain(settings);
        var template = Template(settings, parametersPath, address, clock);
        var genesis = await BlockSearch.SolveAsync(template.Genesis, Environment.ProcessorCount, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (genesis is null) throw new CommandException("No nonce meets the target of this genesis block. Try again, or make powLimit easier.");
        var isMagicGiven = template.Magic != ChainParams.DeriveMagic(template.Genesis.Hash);
        var p = template with { Genesis = genesis, Magic = isMagicGiven ? template.Magic : ChainParams.DeriveMagic(genesis.Hash) };

        Directory.CreateDirectory(settings.DataDirectory);
        await NewFile.WriteAsync(settings.GenesisPath, GenesisFile.Write(p), cancellationToken).ConfigureAwait(false);
        using (await ChainFolder.OpenAsync(settings, p, clock, cancellationToken).ConfigureAwait(false)) return p;
    }

    private static void RequireNoChain(NodeSettings settings)
    {
        if (File.Exists(settings.DatabasePath))
            throw new CommandException($"{settings.DatabasePath} holds a chain already. Choose another --node or --datadir for a new one.");
        if (File.Exists(settings.GenesisPath))
            throw new CommandException($"{settings.GenesisPath} is a chain already. Take part in it with 'chain init {GenesisFile.FileName}', or choose another --datadir for a new one.");
    }

    /// <summary>The chain with a genesis block that lacks its proof of work.</summary>
    private static ChainParams Template(NodeSettings settings, string? parametersPath, string addressText, TimeProvider clock)
    {
        var start = Profiles.PrivateChain(Profiles.Regtest.Genesis);
        if (parametersPath is not null)
        {
            string text;
            try
            {
                text = File.ReadAllText(parametersPath);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandException($"{parametersPath} cannot be read: {e.Message}", e);
            }

            var derived = start.Magic;
            start = GenesisFile.TryApply(start, text, out var error) ?? throw new CommandException($"{parametersPath} holds no parameters of a chain: {error}.");
            var address = Nicknames.ResolveInFile(settings, addressText, start);
            var genesis = Genesis(start, address, clock);
            return start with { Genesis = genesis, Magic = start.Magic == derived ? ChainParams.DeriveMagic(genesis.Hash) : start.Magic };
        }

        var block = Genesis(start, Nicknames.ResolveInFile(settings, addressText, start), clock);
        return start with { Genesis = block, Magic = ChainParams.DeriveMagic(block.Hash) };
    }

    private static Block Genesis(ChainParams p, Address address, TimeProvider clock)
    {
        byte[] scriptSig = [.. ScriptEditing.Push([(byte)0]), .. ScriptEditing.Push(Encoding.ASCII.GetBytes(Message))];
        var time = (uint)clock.GetUtcNow().ToUnixTimeSeconds();
        return Profiles.GenesisBlock(scriptSig, new TxOut(p.Subsidy, StandardScripts.PayTo(address)), time, p.PowLimit.Bits, nonce: 0);
    }
}
