using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node.Commands.Net;
using Chain.Node.Commands.Wallets;
using Chain.Node.Dev;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State.Storage;
using Spectre.Console;

namespace Chain.Node.Commands;

/// <summary>One run of a command: its arguments, the node that it is about, and how it speaks.</summary>
internal sealed class CommandRun
{
    /// <summary>For people: what need not be escaped is not.</summary>
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The same on one line.</summary>
    public static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private ChainParams? _params;

    private CommandRun(ParseResult parsed, CommandConsole console)
    {
        Parsed = parsed;
        Console = console;
        Manners = Manners.From(parsed);
        Settings = NetMember.Follow(DevFinder.Follow(GlobalOptions.Settings(parsed), parsed, Environment.GetEnvironmentVariable, Warn), parsed, Warn);
        Output = new Screen(console.Output, console.IsOutputTerminal, Manners.HasColor);
        Error = new Screen(console.Error, console.IsErrorTerminal, Manners.HasColor);
    }

    /// <summary>The arguments.</summary>
    public ParseResult Parsed { get; }

    /// <summary>Where it writes and reads.</summary>
    public CommandConsole Console { get; }

    /// <summary>How it speaks.</summary>
    public Manners Manners { get; }

    /// <summary>The node and its files.</summary>
    public NodeSettings Settings { get; }

    /// <summary>The chain, which must be there.</summary>
    public ChainParams Params => _params ??= ChainFolder.GetParams(Settings);

    /// <summary>The time.</summary>
    public TimeProvider Clock => Console.Clock;

    /// <summary>Ends with Ctrl-C, SIGTERM or the time of --timeout: what waits for a person must end with it.</summary>
    public CancellationToken Stopping { get; private set; }

    /// <summary>A sentence that says what is done already, for whoever ends the command before it is; null as long as that is nothing.</summary>
    public string? Reached { get; set; }

    /// <summary>What a person typed before the database was opened; whoever uses it takes it.</summary>
    public Passphrase? Typed { get; set; }

    /// <summary>The terminal on which a bar is drawn at this moment; null while none is.</summary>
    public IAnsiConsole? Bar { get; set; }

    /// <summary>Where data goes.</summary>
    public Screen Output { get; }

    /// <summary>Where words go.</summary>
    public Screen Error { get; }

    /// <summary>
    /// Runs a command's action with its time limit; Ctrl-C and SIGTERM end it in order: it may clean up, and a second one ends
    /// the process at once.
    /// </summary>
    public static async Task<int> RunAsync(
        ParseResult parsed, CommandConsole console, Func<CommandRun, CancellationToken, Task<int>> action, CancellationToken cancellationToken)
    {
        var run = new CommandRun(parsed, console);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));
        var isTerminated = false;
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            isTerminated = true;
            Stop(context, stop);
        });
        using var limit = new CancellationTokenSource(run.Manners.Timeout ?? Timeout.InfiniteTimeSpan, console.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, limit.Token);
        run.Stopping = either.Token;
        try
        {
            return await action(run, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            throw stop.IsCancellationRequested ? CommandException.Interrupted(run.Reached, isTerminated) : CommandException.TimedOut(run.Manners.Timeout!.Value, run.Reached);
        }
        catch (RpcException e) when (e.Code == RpcErrorCode.WalletNotFound && !Path.Exists(run.Settings.CommandWalletPath) && !run.IsNodeElsewhere())
        {
            throw WalletException.NotFound(run.Settings.CommandWalletPath);
        }
        catch (Exception e) when (e is RpcException or CommandException && Failures.Explain(e) is var (message, status)
            && status is -RpcErrorCode.ClientNotConnected or -RpcErrorCode.WalletNotFound && run.IsNodeElsewhere())
        {
            throw CommandException.FromRpc(-status, $"{message} But something listens on port {run.Settings.HttpPort}, perhaps this node with another data directory: call the command there, or name that folder with --datadir.");
        }
    }

    /// <summary>
    /// Does what comes after something that cannot be taken back, such as a payment: where it fails, the error tells that too
    /// (<see cref="Reached"/>), and gives it as data.
    /// </summary>
    public async Task<T> AfterAsync<T>(JsonObject done, Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or CommandException or HttpRequestException or DatabaseException)
        {
            var (message, status) = Failures.Explain(e);
            throw CommandException.Partly($"{message.TrimEnd('.')}. {Reached}", status, done, e);
        }
    }

    /// <summary>Whether no node has the database here, and something listens where the node would.</summary>
    private bool IsNodeElsewhere() =>
        DatabaseLock.ReadOwner(Settings.DatabasePath) is not { HttpPort: > 0 } && NodeDoor.IsAnswered(new System.Net.IPEndPoint(Settings.HttpAddress, Settings.HttpPort));

    /// <summary>The value of an option or argument.</summary>
    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    /// <inheritdoc cref="Get{T}(Option{T})"/>
    public T? Get<T>(Argument<T> argument) => Parsed.GetValue(argument);

    /// <summary>Reaches the chain: the node that runs here, or, where none does, the database itself.</summary>
    public async Task<INodeClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var isNew = !File.Exists(Settings.DatabasePath);
        var client = await ChainFolder.ConnectAsync(Settings, Clock, cancellationToken).ConfigureAwait(false);
        if (isNew && ChainFolder.OtherNodes(Settings) is { Count: > 0 } others) SayNew(others);
        return Manners.IsVerbose ? new TalkativeNodeClient(client, Write, Clock) : client;
    }

    /// <summary>
    /// Reaches the chain to look at it. Where the node has no database yet, or this user may not write in its folder, nothing is
    /// left there.
    /// </summary>
    public async Task<INodeClient> LookAsync(CancellationToken cancellationToken)
    {
        INodeClient client;
        try
        {
            if (Path.Exists(Settings.DatabasePath)) return await ConnectAsync(cancellationToken).ConfigureAwait(false);
            client = await LookAsideAsync(cancellationToken).ConfigureAwait(false);
            if (ChainFolder.OtherNodes(Settings) is { Count: > 0 } others) SayNew(others);
        }
        catch (DatabaseException e) when (e.IsReadOnly && File.Exists(Settings.DatabasePath))
        {
            client = await LookAsideAsync(cancellationToken).ConfigureAwait(false);
            Warn($"{Settings.DataDirectory} cannot be written by this user: this is what a copy of its database says.");
        }

        return Manners.IsVerbose ? new TalkativeNodeClient(client, Write, Clock) : client;
    }

    private async Task<INodeClient> LookAsideAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Settings.DatabasePath)) return await AsideClient.OpenAsync(Settings, Clock, _ => { }, cancellationToken).ConfigureAwait(false);
        return await ProgressLine.ShowAsync(this, "copying", tell => AsideClient.OpenAsync(Settings, Clock, tell, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>The chain that a command opened itself; null where a node answers.</summary>
    public static LoadedChain? LocalChain(INodeClient client) => client switch
    {
        TalkativeNodeClient talkative => LocalChain(talkative.Inner),
        LocalNodeClient local => local.Chain,
        _ => null,
    };

    /// <summary>
    /// The address that a text is or, where it is none, that the node's wallet has under it as its label; throws what is wrong
    /// with it.
    /// </summary>
    public Task<Address> FindAddressAsync(INodeClient client, string text, CancellationToken cancellationToken) =>
        Nicknames.ResolveAsync(client, text, client is ChainlessClient ? WalletCommands.AddressFormat(Settings) : Params.AddressFormat, cancellationToken);

    /// <summary>Data: as JSON where that was asked for, else as text of one line or several.</summary>
    public Task DataAsync(JsonNode? json, string text) => Manners.IsJson ? JsonAsync(json) : Console.Output.WriteLineAsync(text);

    /// <summary>
    /// What was done, as data: as JSON where that was asked for, as the bare value where nothing else is wanted (<c>-q</c>), else as a
    /// sentence. Where stdout does not take it, it is told on stderr: who does not know of a payment might pay twice.
    /// </summary>
    public async Task DataAsync(JsonNode? json, string sentence, string bare)
    {
        try
        {
            await DataAsync(json, Manners.IsQuiet ? bare : sentence).ConfigureAwait(false);
        }
        catch (OutputException)
        {
            Write(sentence);
            throw;
        }
    }

    /// <summary>Data: as JSON where that was asked for, else as another action shows it.</summary>
    public async Task DataAsync(JsonNode? json, Action<Screen> show)
    {
        if (Manners.IsJson) await JsonAsync(json).ConfigureAwait(false);
        else show(Output);
    }

    /// <summary>One JSON document on stdout.</summary>
    public Task JsonAsync(JsonNode? json) => Console.Output.WriteLineAsync(json?.ToJsonString(Indented) ?? "null");

    /// <summary>Words for people, which are no data: how far it is, what to do next. Programs that ask for JSON get none.</summary>
    public void Say(string text)
    {
        if (Manners is { IsQuiet: false, IsJson: false }) Write(text);
    }

    /// <summary>What must be known to take the data for what it is: words for people, a note for programs that ask for JSON.</summary>
    public void Warn(string text)
    {
        if (!Manners.IsQuiet) Write(text);
    }

    private void SayNew(IReadOnlyList<int> others) =>
        Warn($"Node {Settings.NodeId} is new here and has only the first block. Did you mean node {string.Join(" or ", others)}? --node or NODE_ID names it.");

    /// <summary>What went wrong beside what was asked for, also where nobody wants words: as a line, or as a note in JSON.</summary>
    public void Complain(string text) => Write(text);

    /// <summary>Whether it runs until somebody ends it: what must be known of it cannot wait until then.</summary>
    private bool GoesOn => Parsed.CommandResult.Command.Name is "dev" or "startnode" or "attach";

    /// <summary>A line of words, whose commands can be copied, above the bar where one is shown.</summary>
    private void Write(string words)
    {
        var text = NamedCommands.Place(words, Parsed);
        if (Manners.IsJson && GoesOn) Console.Error.WriteLine(ErrorText.Notes([text]));
        else if (Manners.IsJson) lock (Console.Notes) Console.Notes.Add(text);
        else if (Bar is { } bar) bar.WriteLine(text);
        else Console.Error.WriteLine(text);
    }

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        if (stop.IsCancellationRequested) return;

        // Otherwise the runtime ends the process at once.
        context.Cancel = true;
        stop.Cancel();
    }
}

/// <summary>Gives commands their action.</summary>
internal static class CommandRuns
{
    /// <summary>What a command does; its status is what the action returns.</summary>
    public static void Runs(this Command command, CommandConsole console, Func<CommandRun, CancellationToken, Task<int>> action) =>
        command.SetAction((parsed, cancellationToken) => CommandRun.RunAsync(parsed, console, action, cancellationToken));

    /// <summary>What a command does; its status is 0.</summary>
    public static void Runs(this Command command, CommandConsole console, Func<CommandRun, CancellationToken, Task> action) =>
        command.Runs(console, async (run, cancellationToken) =>
        {
            await action(run, cancellationToken).ConfigureAwait(false);
            return 0;
        });
}
