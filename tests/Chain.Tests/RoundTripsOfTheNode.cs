using System.Net;
using Chain.Core.Cryptography;
using Chain.Core.Descriptors;
using Chain.Core.Encoding;
using Chain.Core.Psbt;
using Chain.Core.Scripts;
using Chain.Network;
using Chain.Network.Messages;
using Chain.Node;
using Chain.Node.Commands;
using Chain.Node.Commands.Net;
using Chain.Node.Commands.Wallets;
using Chain.Node.Dev;
using Chain.Node.Rpc;
using Chain.Node.Snapshots;
using Chain.Node.Wallet;
using Chain.State;
using Chain.State.Storage;
using Chain.State.Storage.Sorted;
using Chain.Tests.Kit;
using Chain.Tests.Network;

namespace Chain.Tests;

/// <summary>Round trips of what nodes say to each other and keep in files.</summary>
internal static class RoundTripsOfTheNode
{
    /// <summary>Types that have a method by such a name and no encoding of their own, each with the reason.</summary>
    public static IReadOnlyDictionary<Type, string> WithoutEncoding { get; } = new Dictionary<Type, string>
    {
        [typeof(ScriptMachine)] = "reads ScriptNumber from its stack",
        [typeof(CoinTable)] = "rows of OutPoint and Coin: CoinTableTests",
        [typeof(SortedTable)] = "any keys and values: SortedTableTests",
        [typeof(ChainDatabase)] = "rows of BlockHeader, Block, Coin and Transaction: ChainDatabaseTests",
        [typeof(MempoolStore)] = "rows of Transaction and TxId: ChainDatabaseTests",
        [typeof(DatabaseLock)] = "a note for people: DatabaseLockTests",
        [typeof(ChainFolder)] = "reads a file of GenesisFile",
        [typeof(LoadedChain)] = "reads a file of GenesisFile",
        [typeof(PassphraseFile)] = "text that its owner wrote: PassphraseFileTests",
        [typeof(RawBlockMessage)] = "only sent: the bytes of a BlockMessage",
        [typeof(WalletCalls)] = "parameters of a request: WalletAddressTests",
        [typeof(WalletInputs)] = "parameters of a request: WalletHistoryTests",
        [typeof(WalletFees)] = "parameters of a request: WalletSendTests",
        [typeof(WalletFundOptions)] = "parameters of a request: WalletSendTests",
        [typeof(WalletPrevTxs)] = "parameters of a request: WalletSendTests",
        [typeof(WalletSendMethods)] = "parameters of a request: WalletSendTests",
        [typeof(PassphraseOption)] = "reads a PassphraseFile",
        [typeof(ConfigurationFile)] = "text that its owner wrote: ConfigurationFileTests",
        [typeof(RpcCredential)] = "a line of a ConfigurationFile: ConfigurationFileTests",
        [typeof(RpcRequest)] = "JSON, which is only received: RpcServerTests",
        [typeof(CommandTree)] = "what a person types: CommandErrorTests",
        [typeof(WalletPath)] = "the bytes of a wallet's file, wherever a link leads",
        [typeof(FaucetPayers)] = "asks the wallet: ReorgAndFaucetCommandTests",
        [typeof(SendOptions)] = "what a person types: CommandErrorTests",
        [typeof(StandardStream)] = "only written to",
        [typeof(SmallHttp)] = "an answer, which is only received: QuickBalanceTests",
        [typeof(RpcParameter)] = "words of this program: UtilMethodsTests",
        [typeof(RpcTypes)] = "words of this program: UtilMethodsTests",
        [typeof(ChainMethods)] = "runs work on the chain",
        [typeof(PsbtValues)] = "values of PartiallySignedTransaction",
        [typeof(PsbtMap)] = "part of PartiallySignedTransaction",
        [typeof(PsbtGlobal)] = "part of PartiallySignedTransaction",
        [typeof(PsbtProprietary)] = "part of PartiallySignedTransaction",
        [typeof(KeyExpressionParser)] = "part of Descriptor",
        [typeof(DescriptorReader)] = "part of Descriptor",
        [typeof(RawTransactionText)] = "Transaction in hexadecimal",
        [typeof(TransactionDraft)] = "JSON of callers: RawTransactionMethodTests",
        [typeof(PsbtMethods)] = "PartiallySignedTransaction in base64",
        [typeof(DescriptorMethods)] = "Descriptor",
        [typeof(IPSubnet)] = "text that people write: IPSubnetTests",
        [typeof(PermissionText)] = "text that people write: NetworkConfigurationTests",
        [typeof(DevBanner)] = "reads balances of the chain",
        [typeof(DevNote)] = "JSON that only this program writes: DevFolderTests",
        [typeof(LineEditor)] = "keys that people press: LineEditorTests",
        [typeof(TerminalKeys)] = "keys that people press: PseudoTerminalTests",
        [typeof(StandardStream)] = "only written",
        [typeof(MiningOptions)] = "arguments of a command: MinerMethodsTests",
        [typeof(WalletAccess)] = "a secret that people type or keep in a file: WalletCommandTests",
        [typeof(NodeGroups)] = "text that people write: NetCommandTests",
        [typeof(SnapshotManifest)] = "JSON that only this program writes: SnapshotCommandTests",
    };

    public static IReadOnlyDictionary<Type, Action<Generate>> All { get; } = new Dictionary<Type, Action<Generate>>
    {
        [typeof(VersionMessage)] = Message<VersionMessage>,
        [typeof(VerackMessage)] = Message<VerackMessage>,
        [typeof(PingMessage)] = Message<PingMessage>,
        [typeof(PongMessage)] = Message<PongMessage>,
        [typeof(AddrMessage)] = Message<AddrMessage>,
        [typeof(GetAddrMessage)] = Message<GetAddrMessage>,
        [typeof(FeeFilterMessage)] = Message<FeeFilterMessage>,
        [typeof(InvMessage)] = Message<InvMessage>,
        [typeof(GetDataMessage)] = Message<GetDataMessage>,
        [typeof(NotFoundMessage)] = Message<NotFoundMessage>,
        [typeof(GetBlocksMessage)] = Message<GetBlocksMessage>,
        [typeof(GetHeadersMessage)] = Message<GetHeadersMessage>,
        [typeof(HeadersMessage)] = Message<HeadersMessage>,
        [typeof(BlockMessage)] = Message<BlockMessage>,
        [typeof(SendAddrV2Message)] = Message<SendAddrV2Message>,
        [typeof(SendHeadersMessage)] = Message<SendHeadersMessage>,
        [typeof(TxMessage)] = Message<TxMessage>,
        [typeof(WtxidRelayMessage)] = Message<WtxidRelayMessage>,
        [typeof(RejectMessage)] = Message<RejectMessage>,
        [typeof(UnknownMessage)] = g => Check(new UnknownMessage("later", g.Bytes())),
        [typeof(MessageCodec)] = g => Check(RandomMessages.Create(g.OneOf([.. RandomMessages.Commands]), new Random(g.Between(0, int.MaxValue)))),
        [typeof(FrameReader)] = Frame,
        [typeof(FrameHeader)] = g =>
        {
            var (header, bytes) = (FrameHeader.For(g.Bits32(), g.OneOf([.. RandomMessages.Commands]), g.Bytes()), new byte[FrameHeader.Size]);
            header.Write(bytes);
            Assert.Equal(header, FrameHeader.Read(bytes));
        },
        [typeof(NetworkAddress)] = g => Check(AnyAddress(g), (address, writer) => address.Write(writer), bytes =>
        {
            var reader = new ByteReader(bytes);
            return NetworkAddress.Read(ref reader);
        }),
        [typeof(TimestampedAddress)] = g => Check(new TimestampedAddress(g.Bits32(), AnyAddress(g)), (address, writer) => address.Write(writer), bytes =>
        {
            var reader = new ByteReader(bytes);
            return TimestampedAddress.Read(ref reader);
        }),
        [typeof(InventoryItem)] = g => Check(new InventoryItem((InventoryType)g.Bits32(), g.Hash()), (item, writer) => item.Write(writer), bytes =>
        {
            var reader = new ByteReader(bytes);
            return InventoryItem.Read(ref reader);
        }),
        [typeof(WireText)] = g => Check(new string([.. g.Bytes().Select(b => (char)(' ' + b % 95))]), (text, writer) => WireText.Write(writer, text), bytes =>
        {
            var reader = new ByteReader(bytes);
            return WireText.Read(ref reader, bytes.Length, "text");
        }),
        [typeof(PeerEndPoint)] = g =>
        {
            var port = g.Between(1, 65535);
            var endPoint = PeerEndPoint.Normalize(g.Bool() ? new IPEndPoint(AnyIp(g), port) : new DnsEndPoint("node.example", port));
            Assert.True(PeerEndPoint.TryParse(PeerEndPoint.Format(endPoint), defaultPort: 7, out var read));
            Assert.Equal(endPoint, read);
        },
        [typeof(RpcCookie)] = g =>
        {
            using var folder = new TempFolder();
            var (path, text) = (Path.Combine(folder.Path, "cookie"), RpcCookie.NewText());
            RpcCookie.Write(path, text);
            Assert.Equal(text, RpcCookie.TryRead(path));
        },
        [typeof(WalletFile)] = g => Wallet(g),
        [typeof(WalletRecords)] = g => Records(g),
        [typeof(WalletSecrets)] = g =>
        {
            using var secrets = new WalletSecrets();
            using var random = new Wallet.ScriptedRandom(g.Between(0, int.MaxValue));
            if (g.Bool()) secrets.CreateSeed(random);
            for (var i = g.Between(0, 3); i > 0; i--) secrets.Add(Keys.Of(g.Between(1, int.MaxValue)));
            using var read = WalletSecrets.Decode(secrets.Encode(), secrets.KeyCount);
            Assert.Equal(secrets.Encode(), read.Encode());
        },
        [typeof(WalletLog)] = g => History(g),
        [typeof(BalanceNote)] = g => History(g),
        [typeof(WalletSeal)] = g => Assert.NotNull(Wallet(g, isEncrypted: true).Seal),
    };

    private static void Message<T>(Generate g) where T : Message
    {
        var random = new Random(g.Between(0, int.MaxValue));
        var command = RandomMessages.Commands.Single(name => RandomMessages.Create(name, random) is T);
        Assert.IsType<T>(Check(RandomMessages.Create(command, random)));
    }

    private static Message Check(Message message)
    {
        var read = MessageCodec.Decode(message.Command, message.ToPayload());
        Assert.Equal(message.GetType(), read.GetType());
        Assert.Equal(message.Command, read.Command);
        MessageCodecTests.AssertSameFields(message, read, "");
        Assert.True(message.ToPayload().Span.SequenceEqual(read.ToPayload().Span), "what was read is written otherwise");
        return read;
    }

    private static void Frame(Generate g)
    {
        var payload = g.Bytes();
        var reader = FrameReaderTests.Reader(new ScriptedConnection([MessageCodec.EncodeFrame(TestNode.Magic, new UnknownMessage("test", payload))]));
        var frame = reader.ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        Assert.Equal(payload, frame!.Payload.ToArray());
    }

    private static void Check<T>(T value, Action<T, ByteWriter> write, Func<byte[], T> read)
    {
        var writer = new ByteWriter();
        write(value, writer);
        Assert.Equal(value, read(writer.ToArray()));
    }

    private static IPAddress AnyIp(Generate g) => new(g.Bytes(g.OneOf(4, 16)));

    private static NetworkAddress AnyAddress(Generate g) => new((ServiceFlags)g.Bits32(), AnyIp(g), (ushort)g.Between(0, ushort.MaxValue));

    private static WalletFile Wallet(Generate g, bool? isEncrypted = null)
    {
        var keys = Enumerable.Range(0, g.Between(0, 4)).Select(_ => Keys.Of(g.Between(1, int.MaxValue))).DistinctBy(key => key.PublicKey.Hash).ToList();
        var contents = new WalletContents { Version = g.Bool() ? WalletFile.CurrentVersion : WalletFile.FirstVersion };
        contents.Keys.AddRange(keys.Select(key => new WalletKey(key.PublicKey, DateTimeOffset.FromUnixTimeSeconds(g.Bits32()))));
        using var secrets = WalletSecrets.OfKeys([.. keys.SelectMany(key => key.Bytes.ToArray())]);
        var (salt, nonce) = (g.Bytes(WalletCipher.SaltSize), g.Bytes(WalletCipher.NonceSize));
        using var passphrase = Passphrase.TryCreate("correct horse")!;
        using var cipher = isEncrypted ?? g.Bool() ? new WalletCipher(passphrase, 1, salt) : null;
        var read = WalletFile.Decode(cipher is null ? WalletFile.Encode(contents, secrets) : WalletFile.Encode(contents, secrets, cipher, nonce), "wallet");
        Assert.Equal(contents.Keys, read.Contents.Keys);
        var plain = cipher is null ? read.SecretPart.ToArray() : cipher.TryDecrypt(read.Seal!.Nonce, read.SecretPart.Span, read.Associated.Span);
        Assert.Equal(contents.Version == WalletFile.CurrentVersion ? secrets.Encode() : secrets.Keys.ToArray(), plain);
        if (cipher is not null) Assert.Equal((1, Hex.Of(salt)), (read.Seal!.Iterations, Hex.Of(read.Seal.Salt)));
        return read;
    }

    private static void Records(Generate g)
    {
        using var secrets = new WalletSecrets();
        using var random = new Wallet.ScriptedRandom(g.Between(0, int.MaxValue));
        var contents = new WalletContents { Flags = (WalletFlags)g.Between(0, 7), CreatedAt = DateTimeOffset.FromUnixTimeSeconds(g.Bits32()), Gap = g.Bits32() };
        if (g.Bool()) WalletAddresses.PlantTree(contents, secrets, random);
        for (var i = g.Between(0, 3); i > 0; i--) contents.Watched.Add(new WatchedScript(g.Bytes(g.Between(0, 40)), DateTimeOffset.FromUnixTimeSeconds(g.Bits32())));
        for (var i = g.Between(0, 3); i > 0; i--) contents.Book[new ScriptBytes(g.Bytes(25))] = new BookEntry(g.Bool() ? "" : "name " + g.Between(0, 9), g.Bool());
        for (var i = g.Between(0, 3); i > 0; i--) contents.RedeemScripts.Add(g.Bytes(30));
        for (var i = g.Between(0, 3); i > 0; i--) contents.SpentFrom.Add(new ScriptBytes(g.Bytes(22)));
        foreach (var account in contents.Accounts) (account.NextReceive, account.NextChange) = ((uint)g.Between(0, 1000), (uint)g.Between(0, 1000));
        contents.KnownKeys.Add(Keys.Of(g.Between(1, int.MaxValue)).PublicKey);
        var encoded = WalletRecords.Encode(contents);
        var read = WalletRecords.Decode(encoded);
        Assert.Equal(encoded, WalletRecords.Encode(read));
        Assert.Equal((contents.Flags, contents.SeedId, contents.Book.Count), (read.Flags, read.SeedId, read.Book.Count));
    }

    private static void History(Generate g)
    {
        using var folder = new Node.Kit.DataFolder();
        var genesis = TestChains.Private.Genesis.Hash;
        var transaction = new WalletTransaction(TestChains.Private.Genesis.Transactions[0], g.Between(0, 100))
        {
            TimeReceived = g.Bits32(),
            Time = g.Bits32(),
            State = (WalletTransactionState)g.Between(0, 2),
            Block = genesis,
            Height = g.Between(0, 100),
            Position = g.Between(0, 9),
            IsAbandoned = g.Bool(),
        };
        transaction.Notes[WalletTransaction.Comment] = "a note " + g.Between(0, 9);
        var owned = (ulong)g.Bits32();
        byte[] wallet = [.. g.Bytes(g.Between(1, 300))];
        var end = Sha256d.Hash(wallet);
        File.WriteAllBytes(folder.PathOf("wallet"), [.. wallet, .. end.ToByteArray()]);
        var note = new BalanceNote(genesis, end, g.Bits32(), g.Bits32());
        using (var log = WalletLog.Open(folder.PathOf("history"), genesis))
        {
            log.Write(transaction);
            log.WriteBestBlock(genesis, transaction.Height, owned);
            log.WriteBalance(note);
        }

        Assert.Equal(note, BalanceNote.Find(folder.PathOf("wallet"), folder.PathOf("history"), genesis));

        using var again = WalletLog.Open(folder.PathOf("history"), genesis);
        var read = Assert.Single(again.Transactions).Value;
        Assert.Equal((genesis, transaction.Height), again.BestBlock);
        Assert.Equal(owned, again.Owned);
        Assert.Equal(
            (transaction.Id, transaction.Order, transaction.TimeReceived, transaction.Time, transaction.State, transaction.Block, transaction.Height, transaction.Position, transaction.IsAbandoned),
            (read.Id, read.Order, read.TimeReceived, read.Time, read.State, read.Block, read.Height, read.Position, read.IsAbandoned));
        Assert.Equal(transaction.Notes, read.Notes);
    }
}
