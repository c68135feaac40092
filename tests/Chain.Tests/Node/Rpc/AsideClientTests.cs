using Chain.Node;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State.Storage;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>Who looks at a copy of a database never hears of the copy, and need not wait for it.</summary>
public sealed class AsideClientTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public AsideClientTests(CommandWorld world) => _world = world;

    [Fact]
    public async Task Open_TellsHowFarItIs_AndEndsWhereThatIsWanted()
    {
        using var folder = _world.Copy();
        var settings = Settings(folder);
        var told = new List<double>();
        await using (await AsideClient.OpenAsync(settings, TimeProvider.System, told.Add, CancellationToken.None))
        {
            Assert.Equal(1, told[^1]);
            Assert.Equal(told.Order(), told);
        }

        using var cancelled = new CancellationTokenSource();
        var count = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AsideClient.OpenAsync(settings, TimeProvider.System, _ =>
        {
            count++;
            cancelled.Cancel();
        }, cancelled.Token));
        Assert.Equal(1, count);
    }

    [Fact]
    public async Task Open_Damaged_TheFileOfTheUserIsNamed()
    {
        using var folder = _world.Copy();
        var settings = Settings(folder);
        using (var database = SqliteDatabase.Open(settings.DatabasePath)) database.Execute("UPDATE headers SET header = zeroblob(80) WHERE sequence = 0");
        var failure = await Assert.ThrowsAsync<DatabaseException>(() => AsideClient.OpenAsync(settings, TimeProvider.System, _ => { }, CancellationToken.None));
        Assert.Contains(settings.DatabasePath, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("chain-look-", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Translate_NamesTheOriginalAndKeepsTheKind()
    {
        var copies = new CopiedPaths("/data", "/tmp/chain-look-1");
        const string Message = "The file /tmp/chain-look-1/a is damaged.", Own = "The file /data/a is damaged.";
        var wallet = Assert.IsType<WalletException>(copies.Translate(new WalletException(WalletError.Damaged, Message)));
        var rpc = Assert.IsType<RpcException>(copies.Translate(new RpcException(RpcErrorCode.WalletError, Message)));
        var database = Assert.IsType<DatabaseException>(copies.Translate(new DatabaseException(Message) { IsReadOnly = true }));
        var command = Assert.IsType<CommandException>(copies.Translate(CommandException.Usage(Message)));
        Assert.Equal((Own, WalletError.Damaged), (wallet.Message, wallet.Error));
        Assert.Equal((Own, RpcErrorCode.WalletError), (rpc.Message, rpc.Code));
        Assert.Equal((Own, true), (database.Message, database.IsReadOnly));
        Assert.Equal((Own, CommandException.UsageStatus), (command.Message, command.Status));
        Assert.IsType<DamagedCoinsException>(copies.Translate(new DamagedCoinsException(Message)));
        Assert.Null(copies.Translate(new DatabaseException("another")));
    }

    private static NodeSettings Settings(DataFolder folder) => NodeSettings.From("3000", folder.Root, null, null, _ => null);
}
