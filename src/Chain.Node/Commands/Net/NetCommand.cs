using System.CommandLine;

namespace Chain.Node.Commands.Net;

/// <summary><c>chain net</c>: a network of nodes on this machine as one thing.</summary>
internal static class NetCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("net", """
            A network of nodes on this machine: start and stop it, cut it in two and mend it.

            Examples:
              chain net up 3                       three nodes that agree, the first one mines
              chain net partition 3000,3001/3002   two groups that cannot reach each other
              chain net heal                       together again; the reorganisation is told
            """)
        {
            NetUpCommand.Create(console),
            NetStatusCommand.Create(console),
            NetLogsCommand.Create(console),
            NetPartitionCommand.Create(console),
            NetDelayCommand.Create(console),
            NetHealCommand.Create(console),
            NetDownCommand.Create(console),
        };
        return command;
    }
}
