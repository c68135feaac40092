using System.Collections.Immutable;
using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Descriptors;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Core.Psbt;
using Chain.Core.Scripts;
using Chain.Core.Signing;
using Chain.Tests.Kit;

namespace Chain.Tests;

/// <summary>For each type of the core that has an encoding: draws an object, encodes it, decodes that, and compares.</summary>
internal static class RoundTrips
{
    private delegate T Reads<out T>(ref ByteReader reader);

    public static IReadOnlyDictionary<Type, Action<Generate>> OfTheCore { get; } = new Dictionary<Type, Action<Generate>>
    {
        [typeof(ByteReader)] = Integers,
        [typeof(Base58)] = g =>
        {
            var bytes = g.Bytes(g.Between(0, 80));
            Assert.True(Base58.TryDecode(Base58.Encode(bytes), out var again));
            Assert.Equal(bytes, again);
        },
        [typeof(Base58Check)] = g =>
        {
            var payload = g.Bytes(g.Between(0, 80));
            Assert.Equal(payload, Base58Check.TryDecode(Base58Check.Encode(payload)));
        },
        [typeof(Bech32)] = Bech32Text,
        [typeof(Hash256)] = g => Text(g.Hash(), hash => hash.ToString(), text => (Hash256.TryParse(text, out var hash), hash)),
        [typeof(BlockHash)] = g => Text(g.BlockHash(), hash => hash.ToString(), text => (BlockHash.TryParse(text, out var hash), hash)),
        [typeof(TxId)] = g => Text(new TxId(g.Hash()), id => id.ToString(), text => (TxId.TryParse(text, out var id), id)),
        [typeof(Amount)] = g => Text(AnyAmount(g), amount => g.Bool() ? amount.ToString() : amount.ToFixedString(), text => (Amount.TryParse(text, out var amount), amount)),
        [typeof(Address)] = g => Text(AnyAddress(g, out var format), address => address.ToString(), text => (Address.TryParse(text, format, out var address) == AddressError.None, address)),
        [typeof(PrivateKey)] = Wif,
        [typeof(Target)] = CompactTarget,
        [typeof(ScriptNumber)] = NumberOfAScript,
        [typeof(ScriptReader)] = Pushes,
        [typeof(OutPoint)] = g => Bytes(g.OutPoint(), (outPoint, writer) => outPoint.Write(writer), OutPoint.Read, Assert.Equal),
        [typeof(TxIn)] = g => Bytes(g.Input(withWitness: false), (input, writer) => input.Write(writer), TxIn.Read, (x, y) =>
        {
            Assert.Equal((x.PreviousOutput, x.Sequence), (y.PreviousOutput, y.Sequence));
            Assert.Equal(x.ScriptSig.ToArray(), y.ScriptSig.ToArray());
        }),
        [typeof(TxOut)] = g => Bytes(g.Output(), (output, writer) => output.Write(writer), TxOut.Read, (x, y) =>
        {
            Assert.Equal(x.Value, y.Value);
            Assert.Equal(x.ScriptPubKey.ToArray(), y.ScriptPubKey.ToArray());
        }),
        [typeof(Transaction)] = g => Bytes(g.Transaction(), (t, writer) => writer.WriteBytes(t.Raw.Span), Transaction.Read, AssertSame),
        [typeof(BlockHeader)] = g => Bytes(g.Header(), (header, writer) => header.Write(writer), BlockHeader.Read, (x, y) => Assert.Equal(x.Hash, y.Hash)),
        [typeof(Block)] = g => Bytes(g.Block(), (block, writer) => writer.WriteBytes(block.Raw.Span), Block.Read, (x, y) =>
        {
            Assert.Equal((x.Hash, x.Weight, x.Transactions.Length), (y.Hash, y.Weight, y.Transactions.Length));
            for (var i = 0; i < x.Transactions.Length; i++) AssertSame(x.Transactions[i], y.Transactions[i]);
        }),
        [typeof(BlockLocator)] = g => Bytes(g.Locator(), (locator, writer) => locator.Write(writer), BlockLocator.Read, (x, y) => Assert.Equal(x.Hashes.ToArray(), y.Hashes.ToArray())),
        [typeof(Coin)] = g => Bytes(AnyCoin(g), (coin, writer) => coin.Write(writer), Coin.Read, (x, y) => Assert.True(x.ContentEquals(y))),
        [typeof(CoinDiff)] = Undo,
        [typeof(GenesisFile)] = Genesis,
        [typeof(PartialMerkleTree)] = g => Bytes(AnyProof(g).Tree, (tree, writer) => tree.Write(writer), PartialMerkleTree.Read, (x, y) => Assert.Equal(x.Hashes.ToArray(), y.Hashes.ToArray())),
        [typeof(MerkleBlock)] = Proof,
        [typeof(ExtendedKey)] = ExtendedKeys,
        [typeof(PartiallySignedTransaction)] = Psbt,
        [typeof(DescriptorParser)] = Descriptors,
    };

    private static MerkleBlock AnyProof(Generate g)
    {
        var block = new Block(g.Header(), [.. Enumerable.Range(0, g.Between(1, 40)).Select(_ => g.Transaction())]);
        return MerkleBlock.Create(block, block.Transactions.Where(_ => g.Bool()).Select(transaction => transaction.Id).ToHashSet());
    }

    private static void Proof(Generate g)
    {
        var transactions = Enumerable.Range(0, g.Between(1, 40)).Select(_ => g.Transaction()).DistinctBy(transaction => transaction.Id).ToImmutableArray();
        var header = g.Header();
        header = new BlockHeader(header.Version, header.PreviousBlockHash, Block.ComputeMerkleRoot(transactions, out _), header.Time, header.Bits, header.Nonce);
        var wanted = transactions.Where(_ => g.Bool()).Select(transaction => transaction.Id).ToList();
        var read = MerkleBlock.TryDecode(MerkleBlock.Create(new Block(header, transactions), wanted.ToHashSet()).ToByteArray());
        Assert.NotNull(read);
        Assert.Equal(wanted, read.FindProven());
        Assert.Equal((header.Hash, transactions.Length), (read.Header.Hash, read.Tree.Count));
    }

    private static void ExtendedKeys(Generate g)
    {
        var key = ExtendedKey.TryCreateMaster(g.Bytes(g.Between(16, 64)))!;
        for (var i = g.Between(0, 3); i > 0; i--) key = key.TryDerive(g.Bits32())!;
        if (g.Bool()) key = key.Neuter();
        var text = key.ToText(key.PrivateKey is null ? ExtendedKey.TestPublicVersion : ExtendedKey.TestPrivateVersion);
        var read = ExtendedKey.TryParse(text, ExtendedKey.TestPrivateVersion, ExtendedKey.TestPublicVersion);
        Assert.NotNull(read);
        Assert.Equal(text, read.ToText(key.PrivateKey is null ? ExtendedKey.TestPublicVersion : ExtendedKey.TestPrivateVersion));
    }

    private static void Psbt(Generate g)
    {
        var psbt = new PartiallySignedTransaction(g.Transaction());
        foreach (var input in psbt.Inputs)
        {
            if (g.Bool()) input.WitnessUtxo = g.Output();
            if (g.Bool()) input.RedeemScript = g.Bytes();
            if (g.Bool()) input.SighashType = SignatureHashType.All;
            if (g.Bool()) input.FinalScriptWitness = [g.Bytes(), g.Bytes()];
            if (g.Bool()) input.AddDerivation(Keys.Of(g.Between(1, 1000)).PublicKey, new KeyOrigin(g.Bytes(4), [g.Bits32(), g.Bits32()]));
            if (g.Bool()) input.Set(new PsbtKey(0x60, g.Bytes(3)), g.Bytes());
        }

        foreach (var written in psbt.Outputs)
        {
            if (g.Bool()) written.WitnessScript = g.Bytes();
        }

        Assert.True(PartiallySignedTransaction.TryParse(psbt.ToString(), out var read, out var error), error);
        Assert.Equal(psbt.ToString(), read.ToString());
    }

    private static void Descriptors(Generate g)
    {
        var format = DescriptorFormat.Of(Profiles.Regtest.AddressFormat, Profiles.Regtest.WifVersion);
        var (a, b) = (Keys.Of(g.Between(1, int.MaxValue)).PublicKey, Keys.Of(g.Between(1, int.MaxValue)).PublicKey);
        var xpub = ExtendedKey.TryCreateMaster(g.Bytes(32))!.Neuter().ToText(format.PublicVersion);
        var text = g.OneOf($"wpkh({a})", $"sh(wsh(multi(1,{a},{b})))", $"pkh([01234567/1h/2]{xpub}/3/*)", $"tr({Hex.Of(a.XOnly)},{{pk({Hex.Of(b.XOnly)}),pk({b})}})", $"combo({b})", $"sortedmulti(2,{b},{a})");
        Assert.True(DescriptorParser.TryParse(text, format, requireChecksum: false, out var descriptor, out var error), error);
        Assert.Equal(text, descriptor.ToString().Split('#')[0]);
        Assert.True(DescriptorParser.TryParse(descriptor.ToString(), format, requireChecksum: true, out var again, out error), error);
        Assert.Equal(descriptor.Expand(5, new SigningKeys())!.Select(script => Hex.Of(script)), again.Expand(5, new SigningKeys())!.Select(script => Hex.Of(script)));
    }

    private static void Integers(Generate g)
    {
        var (small, number, size) = unchecked(((ushort)g.Bits32(), (ulong)g.Bits64(), (ulong)g.Bits64() >> g.Between(0, 63)));
        var bytes = g.Bytes();
        var (octet, word, signed) = unchecked(((byte)small, (uint)number, (int)number));
        var reader = new ByteReader(new ByteWriter().WriteByte(octet).WriteUInt16(small).WriteUInt16BigEndian(small).WriteUInt32(word).WriteInt32(signed)
            .WriteUInt64(number).WriteInt64(unchecked((long)number)).WriteCompactSize(size).WriteVarBytes(bytes).ToArray());
        Assert.Equal(octet, reader.ReadByte());
        Assert.Equal((small, small), (reader.ReadUInt16(), reader.ReadUInt16BigEndian()));
        Assert.Equal((word, signed), (reader.ReadUInt32(), reader.ReadInt32()));
        Assert.Equal((number, unchecked((long)number)), (reader.ReadUInt64(), reader.ReadInt64()));
        Assert.Equal(size, reader.ReadCompactSize());
        Assert.Equal(bytes, reader.ReadVarBytes().ToArray());
        reader.ExpectEnd();
    }

    private static void Bech32Text(Generate g)
    {
        var (prefix, bytes, variant) = (g.OneOf("bc", "tb", "bcrt", "odd1x"), g.Bytes(g.Between(0, 40)), g.OneOf(Bech32Variant.Bech32, Bech32Variant.Bech32m));
        var text = Bech32.Encode(prefix, Bech32.ToValues(bytes), variant);
        Assert.True(Bech32.TryDecode(g.Bool() ? text : text.ToUpperInvariant(), out var readPrefix, out var values, out var readVariant));
        Assert.Equal((prefix, variant), (readPrefix, readVariant));
        Assert.Equal(bytes, Bech32.TryToBytes(values));
    }

    private static void Wif(Generate g)
    {
        var (key, version) = (Keys.Of(g.Between(1, int.MaxValue), g.Bool()), (byte)g.Between(0, 255));
        var read = PrivateKey.TryParseWif(key.ToWif(version), version);
        Assert.NotNull(read);
        Assert.Equal((Hex.Of(key.Bytes), key.IsCompressed), (Hex.Of(read.Bytes), read.IsCompressed));
    }

    private static void CompactTarget(Generate g)
    {
        if (!Target.TryFromCompact(g.Bits32() & 0x23ffffff, out var target)) return;
        Assert.Equal(target, Target.FromCompact(target.Bits));
        Assert.Equal(target.Value, Target.FromValue(target.Value).Value);
    }

    private static void NumberOfAScript(Generate g)
    {
        var number = Math.Clamp(g.Bits64(), -long.MaxValue, long.MaxValue) >> g.Between(0, 62);
        Assert.True(ScriptNumber.TryRead(ScriptNumber.Encode(number), requireMinimal: true, out var read, maxSize: 8));
        Assert.Equal(number, read);
    }

    private static void Pushes(Generate g)
    {
        var elements = Enumerable.Range(0, g.Between(0, 5)).Select(_ => g.Bytes(g.OneOf(2, 75, 76, 255, 256, 520, 70_000))).ToList();
        var reader = new ScriptReader(elements.SelectMany(element => ScriptEditing.Push(element)).ToArray());
        foreach (var element in elements)
        {
            Assert.True(reader.TryRead(out _, out var read));
            Assert.Equal(element, read.ToArray());
        }

        Assert.False(reader.TryRead(out _, out _) || reader.IsMalformed);
    }

    private static void Undo(Generate g)
    {
        var block = new Block(g.Header(), [.. Enumerable.Range(0, g.Between(1, 6)).Select(_ => g.Transaction())]);
        var (height, diff) = (g.Between(1, int.MaxValue), new CoinDiff());
        foreach (var transaction in block.Transactions)
        {
            if (!transaction.IsCoinbase)
            {
                if (transaction.Inputs.Any(input => diff.TryFind(input.PreviousOutput, out _))) return;
                foreach (var input in transaction.Inputs.DistinctBy(input => input.PreviousOutput)) diff.Spend(input.PreviousOutput, AnyCoin(g));
                if (transaction.Inputs.DistinctBy(input => input.PreviousOutput).Count() != transaction.Inputs.Length) return;
            }

            diff.CreateOutputs(transaction, height);
        }

        var read = CoinDiff.FromUndo(block, height, diff.EncodeUndo());
        AssertSame(diff.Spent, read.Spent);
        AssertSame(diff.Created, read.Created);
    }

    private static void Genesis(Generate g)
    {
        int Any() => g.OneOf(g.Between(0, 1_000), ChainParams.Never);
        var p = TestChains.Private with
        {
            Magic = g.Bits32(),
            DefaultPort = g.Between(1, 65535),
            AddressVersion = (byte)g.Between(0, 127),
            ScriptAddressVersion = (byte)g.Between(128, 255),
            Bech32Hrp = g.OneOf("a", "bc", "0123456789abcdef"),
            WifVersion = (byte)g.Between(0, 255),
            Subsidy = AnyAmount(g),
            HalvingInterval = Any(),
            CoinbaseMaturity = g.Between(1, int.MaxValue),
            GenesisSpendable = g.Bool(),
            TargetSpacing = g.Between(1, 1_000_000),
            RetargetInterval = g.Between(2, 1_000_000),
            Retargeting = g.Bool(),
            AllowMinDifficultyBlocks = g.Bool(),
            MaxBlockWeight = g.Between(20_000, 4_000_000),
            MaxBlockSigOpsCost = g.Between(2_000, 4_000_000),
            MaxFutureBlockTime = g.Between(1, 100_000_000),
            Bip34Height = Any(),
            Bip65Height = Any(),
            Bip66Height = Any(),
            CsvHeight = Any(),
            SegwitHeight = Any(),
            TaprootHeight = Any(),
            MinRelayFeeRate = g.Between(0, (int)Amount.Coin),
        };
        var read = GenesisFile.TryParse(GenesisFile.Write(p), out var error);
        Assert.True(read is not null, error);
        Assert.Equal(p.Genesis.Raw.ToArray(), read.Genesis.Raw.ToArray());
        Assert.Equal(p with { Genesis = read.Genesis }, read);
    }

    private static Amount AnyAmount(Generate g) => Amount.FromSatoshis(Math.Abs(g.Bits64() % (Amount.MaxMoney + 1)));

    private static Coin AnyCoin(Generate g) => new(new TxOut(AnyAmount(g), g.Bytes()), g.Between(0, int.MaxValue), g.Bool());

    private static Address AnyAddress(Generate g, out AddressFormat format)
    {
        format = g.OneOf(Profiles.PrivateAddressFormat, Profiles.Regtest.AddressFormat);
        var hash = new Hash160(g.Bytes(Hash160.Size));
        return g.Between(0, 2) switch
        {
            0 => Address.OfPublicKeyHash(hash, format),
            1 => Address.OfScriptHash(hash, format),
            _ => Address.OfWitnessProgram(g.Between(1, 16), g.Bytes(g.Between(2, 40)), format),
        };
    }

    private static void Text<T>(T value, Func<T, string> write, Func<string, (bool IsRead, T Value)> read) => Assert.Equal((true, value), read(write(value)));

    private static void Bytes<T>(T value, Action<T, ByteWriter> write, Reads<T> read, Action<T, T> assertSame)
    {
        var writer = new ByteWriter();
        write(value, writer);
        var reader = new ByteReader(writer.ToArray());
        var again = read(ref reader);
        reader.ExpectEnd();
        assertSame(value, again);
        var second = new ByteWriter();
        write(again, second);
        Assert.True(writer.WrittenSpan.SequenceEqual(second.WrittenSpan), "what was read is written otherwise");
    }

    private static void AssertSame(Transaction x, Transaction y)
    {
        Assert.Equal((x.Id, x.WitnessHash, x.Version, x.LockTime, x.Weight), (y.Id, y.WitnessHash, y.Version, y.LockTime, y.Weight));
        Assert.Equal((x.Inputs.Length, x.Outputs.Length), (y.Inputs.Length, y.Outputs.Length));
    }

    private static void AssertSame(IReadOnlyDictionary<OutPoint, Coin> x, IReadOnlyDictionary<OutPoint, Coin> y)
    {
        Assert.Equal(x.Count, y.Count);
        Assert.All(x, pair => Assert.True(pair.Value.ContentEquals(y[pair.Key])));
    }
}
