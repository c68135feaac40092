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
          local current="${COMP_WORDS[COMP_CWORD]}" word typed="${COMP_LINE:0:COMP_POINT}" before=""
          typed="${typed##* }"
          if [[ "$typed" == --*=* && "$COMP_WORDBREAKS" == *=* ]]; then before="${typed%%=*}=" current="${typed#*=}"; fi
          COMPREPLY=()
          while IFS= read -r word; do
            word="${word#"$before"}"
            if [[ "$word" == "$current"* ]]; then COMPREPLY+=("$(printf %q "$word")"); fi
          done < <("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
        }
        complete -o nosort -o default -F _chain chain 2>/dev/null || complete -o default -F _chain chain
        """;

    private const string Zsh =
        """
        #compdef chain
        # Completion of chain for zsh. To have it always: chain completions zsh > "${fpath[1]}/_chain"
        _chain() {
          local line="${(j: :)words[1,CURRENT]}"
          local -a found
          found=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
          if (( ${#found} )) && [[ -n "$found[1]" ]]; then compadd -V chain -a found; else _files; fi
        }
        if [[ "$funcstack[1]" == _chain ]]; then _chain "$@"; else compdef _chain chain; fi
        """;

    private const string Fish =
        """
        # Completion of chain for fish. To have it always: chain completions fish > ~/.config/fish/completions/chain.fish
        function __chain_words
          set -l line (commandline -cp)
          set -l program (commandline -opc)[1]
          set -l found ($program "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)
          if test (count $found) -gt 0
            printf '%s\n' $found
          else
            __fish_complete_path (commandline -ct)
          end
        end
        complete -c chain -k -f -a '(__chain_words)'
        """;

    private const string PowerShell =
        """
        # Completion of chain for PowerShell. To have it always: chain completions pwsh >> $PROFILE
        Register-ArgumentCompleter -Native -CommandName chain -ScriptBlock {
            param($word, $line, $cursor)
            $text = "$line".PadRight($cursor).Substring(0, $cursor)
            & "$($line.CommandElements[0])" "[suggest:$cursor]" $text 2>$null | Where-Object { $_ -and $_.StartsWith("$word") } | ForEach-Object {
                $shown = if ($_ -match '[^\w.:/-]') { "'" + $_.Replace("'", "''") + "'" } else { $_ }
                [System.Management.Automation.CompletionResult]::new($shown, $_, 'ParameterValue', $_)
            }
        }
        """;

    public static Command Create(CommandConsole console)
    {
        var shell = new Argument<string>("bash|zsh|fish|pwsh") { Description = "The shell.", HelpName = "bash|zsh|fish|pwsh" };
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
