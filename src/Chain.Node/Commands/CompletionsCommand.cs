using System.CommandLine;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands;

/// <summary><c>chain completions</c>: what makes a shell complete the words of this program. The program itself says how a word goes on.</summary>
internal static class CompletionsCommand
{
    private const string Bash =
        """
        # Completion of chain for bash. To have it always: chain completions bash > ~/.local/share/bash-completion/completions/chain
        _chain() {
          local current="${COMP_WORDS[COMP_CWORD]}" IFS=$'\n'
          COMPREPLY=($(compgen -W "$(chain "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "$current"))
        }
        complete -o default -F _chain chain
        """;

    private const string Zsh =
        """
        #compdef chain
        # Completion of chain for zsh. To have it always: chain completions zsh > "${fpath[1]}/_chain"
        _chain() {
          local -a words_found
          words_found=("${(@f)$(chain "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
          if (( ${#words_found} )) && [[ -n "$words_found[1]" ]]; then compadd -- $words_found; else _files; fi
        }
        compdef _chain chain
        """;

    private const string Fish =
        """
        # Completion of chain for fish. To have it always: chain completions fish > ~/.config/fish/completions/chain.fish
        complete -c chain -a '(chain "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
        """;

    private const string PowerShell =
        """
        # Completion of chain for PowerShell. To have it always: chain completions pwsh >> $PROFILE
        Register-ArgumentCompleter -Native -CommandName chain -ScriptBlock {
            param($word, $line, $cursor)
            chain "[suggest:$cursor]" "$line" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    public static Command Create(CommandConsole console)
    {
        var shell = new Argument<string>("bash|zsh|fish|pwsh") { Description = "The shell.", HelpName = "bash|zsh|fish|pwsh" };
        shell.CompletionSources.Add("bash", "zsh", "fish", "pwsh");
        var command = new Command(
            "completions",
            """
            Print what makes a shell complete the words of this program.

            Examples:
              eval "$(chain completions bash)"          in this bash
              chain completions fish | source           in this fish
              chain completions pwsh | Out-String | Invoke-Expression
            """)
        { shell };
        command.Runs(console, (run, _) =>
        {
            var name = run.Parsed.GetRequiredValue(shell);
            var script = ScriptOf(name);
            return run.DataAsync(new JsonObject { ["shell"] = name, ["script"] = script }, script);
        });
        return command;
    }

    private static string ScriptOf(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        "pwsh" => PowerShell,
        _ => throw CommandException.Usage($"'{shell}' is no shell that is known here: it can be bash, zsh, fish or pwsh."),
    };
}
