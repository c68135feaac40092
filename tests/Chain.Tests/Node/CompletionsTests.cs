using System.Diagnostics;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>How words go on: what the program says, and what each shell that this machine has makes of it.</summary>
public sealed class CompletionsTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public CompletionsTests(CommandWorld world) => _world = world;

    [Theory]
    [InlineData("", "createwallet,send,wallet", "help")]
    [InlineData("wal", "wallet", "createwallet")]
    [InlineData("wallet ex", "export", "")]
    [InlineData("getbalance --address ", "alice,bob b", "--json")]
    [InlineData("getbalance --address al", "alice", "bob b")]
    [InlineData("send --from ", "alice,bob b", "--to")]
    [InlineData("show address ", "alice", "")]
    [InlineData("wallet sign ", "alice", "")]
    [InlineData("getbalance --wallet ", "savings", "")]
    [InlineData("getbalance --node ", "3000", "")]
    [InlineData("snapshot restore ", "before", "")]
    [InlineData("snapshot delete be", "before", "")]
    [InlineData("completions ", "bash,zsh,fish,pwsh", "")]
    [InlineData("send --am", "--amount", "--from")]
    [InlineData("help sen", "send", "")]
    [InlineData("getbalance --address=", "--address=alice,--address=bob b", "alice")]
    [InlineData("getbalance --address=al", "--address=alice", "--address=bob b")]
    [InlineData("getbalance --wallet=sa", "--wallet=savings", "")]
    [InlineData("getbalance --wallet sa", "savings", "")]
    [InlineData("startnode --profile ", "regtest", "")]
    public async Task Suggest_GivesWhatLiesThere(string line, string expected, string not)
    {
        using var folder = await FolderAsync();
        var words = await SuggestAsync(folder, line);
        Assert.All(expected.Split(','), word => Assert.Contains(word, words));
        if (not.Length > 0 && line.Length > 0) Assert.DoesNotContain(not, words);
        Assert.Equal(words.Order(Comparer<string>.Create((a, b) => a.StartsWith("--", StringComparison.Ordinal).CompareTo(b.StartsWith("--", StringComparison.Ordinal)))), words);
    }

    /// <summary>Where a file is wanted nothing is said: the shell completes files itself.</summary>
    [Theory]
    [InlineData("init ")]
    [InlineData("wallet restore ")]
    [InlineData("wallet import ")]
    [InlineData("wallet backup ")]
    [InlineData("send --passphrase-file ")]
    [InlineData("getbalance --datadir ")]
    [InlineData("getbalance --conf ")]
    public async Task Suggest_WhereAFileIsWanted_Nothing(string line)
    {
        using var folder = new DataFolder();
        Assert.Empty(await SuggestAsync(folder, line, withFolder: false));
    }

    /// <summary>A shell would put in what all options begin with.</summary>
    [Theory]
    [InlineData("snapshot restore ")]
    [InlineData("show address ")]
    public async Task Suggest_WhereNoSuchThingLiesThere_Nothing(string line)
    {
        using var folder = new DataFolder();
        Assert.Empty(await SuggestAsync(folder, line));
        Assert.Contains("--json", await SuggestAsync(folder, line + "--js"));
    }

    [Fact]
    public async Task Suggest_WhereTheWalletDoesNotRead_NothingAndNoError()
    {
        using var folder = _world.Copy();
        folder.Write("Wallets_3000.dat", "nonsense");
        Assert.Empty(await SuggestAsync(folder, "send --from "));
        Assert.Empty(await SuggestAsync(folder, "getbalance --node nonsense --address "));
    }

    [ShellFact("bash")]
    public async Task Bash_CompletesCommandsLabelsAndOptions()
    {
        const string Ask = """
            source <(chain completions bash)
            ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; _chain; printf '%s\n' "${COMPREPLY[@]}"; echo end; }
            ask chain wal
            ask chain getbalance --datadir "$FOLDER" --address ''
            ask chain getbalance --datadir "$FOLDER" --address bob
            ask chain send --fee-
            ask chain init ''
            COMP_WORDBREAKS=$' =:'
            split() { COMP_LINE="$1"; COMP_POINT=${#COMP_LINE}; read -ra COMP_WORDS <<< "${1//=/ = }"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _chain; printf '%s\n' "${COMPREPLY[@]}"; echo end; }
            split "chain getbalance --datadir $FOLDER --address=al"
            split "chain getbalance --datadir $FOLDER --address="
            complete -p chain
            """;
        using var folder = await FolderAsync();
        await Cli.DoAsync("wallet", "label", _world.Locked, "$(touch broken)", "--datadir", folder.Root);
        var shown = await ShellAsync(folder, "bash", Ask);
        Assert.StartsWith("wallet\nend\n\\$\\(touch\\ broken\\)\nalice\nbob\\ b\nend\nbob\\ b\nend\n--fee-rate\nend\n\nend\nalice\nend\n\\$\\(touch\\ broken\\)\nalice\nbob\\ b\nend\n", shown, StringComparison.Ordinal);
        Assert.Contains("-o default", shown, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.PathOf("broken")));
    }

    [ShellFact("zsh")]
    public async Task Zsh_CompletesCommandsAndLabels()
    {
        const string Ask = """
            autoload -U compinit; compinit -u -d "$FOLDER/zcompdump"
            eval "$(chain completions zsh)"
            compadd() { local -a given; given=("${(@P)@[-1]}"); print -l -- $given }
            _files() { print files }
            ask() { words=("$@"); CURRENT=$#; _chain; print end }
            ask chain wal
            ask chain getbalance --datadir "$FOLDER" --address ''
            ask chain init ''
            """;
        using var folder = await FolderAsync();
        Assert.Equal("wallet\nend\nalice\nbob b\nend\nfiles\nend\n", await ShellAsync(folder, "zsh", Ask));
    }

    [ShellFact("fish")]
    public async Task Fish_CompletesCommandsAndLabels()
    {
        const string Ask = """
            chain completions fish | source
            complete -C 'chain wal'; echo end
            complete -C "chain getbalance --datadir $FOLDER --address "; echo end
            complete -C "chain send --fee-"; echo end
            cd $FOLDER; complete -C "chain init gen"
            """;
        using var folder = await FolderAsync();
        Assert.Equal("wallet\nend\nalice\nbob b\nend\n--fee-rate\nend\ngenesis.json\n", await ShellAsync(folder, "fish", Ask));
    }

    [ShellFact("pwsh")]
    public async Task PowerShell_CompletesCommandsAndLabels()
    {
        const string Ask = """
            chain completions pwsh | Out-String | Invoke-Expression
            function ask($line) { (TabExpansion2 $line $line.Length).CompletionMatches | ForEach-Object CompletionText; 'end' }
            ask 'chain wal'
            ask "chain getbalance --datadir $env:FOLDER --address "
            """;
        using var folder = await FolderAsync();
        Assert.Equal("wallet\nend\nalice\n'bob b'\nend\n", (await ShellAsync(folder, "pwsh", Ask)).ReplaceLineEndings("\n"));
    }

    /// <summary>A folder with two labels, a further wallet and a snapshot.</summary>
    private async Task<DataFolder> FolderAsync()
    {
        var folder = _world.Copy();
        await Cli.DoAsync("wallet", "label", _world.Own, "alice", "--datadir", folder.Root);
        await Cli.DoAsync("wallet", "label", _world.Stranger, "bob b", "--datadir", folder.Root);
        await Cli.DoAsync("rpc", "createwallet", "savings", "--datadir", folder.Root);
        await Cli.DoAsync("snapshot", "save", "before", "--datadir", folder.Root);
        return folder;
    }

    private static async Task<List<string>> SuggestAsync(DataFolder folder, string line, bool withFolder = true)
    {
        // The folder stands before the word that is begun.
        var at = line.LastIndexOf(' ') < 0 ? 0 : line.IndexOf(' ', StringComparison.Ordinal) + 1;
        var text = "/some/where/chain " + (withFolder && line.Contains("--", StringComparison.Ordinal) ? line.Insert(at, $"--datadir {folder.Root} ") : withFolder ? $"--datadir {folder.Root} {line}" : line);
        return [.. (await Cli.DoAsync($"[suggest:{text.Length}]", text)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>Runs a shell's script that finds this program as chain.</summary>
    private static async Task<string> ShellAsync(DataFolder folder, string shell, string script)
    {
        var command = ChainProgram.Command([]);
        var path = folder.Write("chain", $"#!/bin/sh\nexec {string.Join(' ', command.ArgumentList.Prepend(command.FileName).Select(word => $"'{word}'"))} \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(shell) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Root };
        string[] quiet = shell switch
        {
            "bash" => ["--norc", "--noprofile"],
            "zsh" => ["-f"],
            "fish" => ["--no-config"],
            _ => ["-NoProfile", "-NonInteractive"],
        };
        foreach (var word in quiet.Append(shell == "pwsh" ? "-Command" : "-c").Append(script)) start.ArgumentList.Add(word);
        start.Environment["PATH"] = $"{folder.Root}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["FOLDER"] = folder.Root;
        start.Environment["HOME"] = folder.Root;
        start.Environment.Remove("NODE_ID");
        start.Environment.Remove("CHAIN_DATADIR");
        var result = await Cli.FinishAsync(start);
        Assert.Equal("", result.Error);
        return result.Output;
    }

    /// <summary>A test that runs a shell: skipped where the machine has none of that name.</summary>
    private sealed class ShellFactAttribute : FactAttribute
    {
        public ShellFactAttribute(string shell)
        {
            var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
            if (!folders.Any(folder => File.Exists(Path.Combine(folder, shell)))) Skip = $"{shell} is not installed here.";
        }
    }
}
