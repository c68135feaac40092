using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands.Show;

/// <summary><c>chain show</c>: looks at one thing of the chain, the pool or the network.</summary>
internal static class ShowCommand
{
    public static Command Create(CommandConsole console) => new(
        "show",
        """
        Look at one thing.

        Examples:
          chain show tip              the newest block
          chain show block 7          a block by its height or hash
          chain show address alice    what an address or a label has
        """)
    {
        ShowTipCommand.Create(console),
        ShowBlockCommand.Create(console),
        ShowTxCommand.Create(console),
        ShowAddressCommand.Create(console),
        ShowMempoolCommand.Create(console),
        ShowPeersCommand.Create(console),
        ShowUtxoCommand.Create(console),
    };

    /// <summary>A Unix time as people read it.</summary>
    public static string Time(JsonNode? seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds!.GetValue<long>()).ToString("u", CultureInfo.InvariantCulture);
}
