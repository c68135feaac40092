using System.CommandLine;

namespace Chain.Node.Commands;

/// <summary><c>chain reindexutxo</c>: rebuilds the coins and their index from the blocks, compares, and repairs.</summary>
internal static class ReindexUtxoCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("reindexutxo", """
            Rebuild the unspent outputs and the address index from the blocks, compare, and repair.

            Examples:
              chain reindexutxo               status 1 where something was wrong, which is repaired then
              chain reindexutxo --node 3001   the database of another node
              chain reindexutxo --json        for programs
            """);
        command.Runs(console, async (run, cancellationToken) =>
        {
            var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var result = (await ProgressLine.ShowAsync(run, "rebuilding", tell => client.FollowAsync("reindexutxo", null, tell, cancellationToken)).ConfigureAwait(false))!;
                var differences = result["differences"]!.GetValue<int>();
                var wasDamaged = result["damaged"]!.GetValue<bool>();
                var found = wasDamaged ? "damaged pages on the disk, which were repaired"
                    : differences == 0 ? "no difference"
                    : $"{differences} differences, which were repaired: {result["missing"]} missing, {result["needless"]} needless, {result["different"]} different, {result["index"]} in the index";
                await run.DataAsync(result, $"Rebuilt {result["coins"]} unspent outputs from {result["blocks"]} blocks: {found}.").ConfigureAwait(false);
                run.Say(differences == 0 && !wasDamaged ? "Nothing had to be changed." : "The database is whole again. 'chain doctor' looks at what else may be wrong: the disk may be failing.");
                return differences == 0 && !wasDamaged ? 0 : CommandException.GeneralStatus;
            }
        });
        return command;
    }
}
