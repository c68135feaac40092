using System.Text.Json.Nodes;
using Chain.Tests.Kit;
using static Chain.Tests.Node.Rpc.RpcBench;

namespace Chain.Tests.Node.Rpc;

/// <summary>Methods about scripts, keys, messages and descriptors, with the published cases of Core's functional tests.</summary>
public sealed class ScriptAndKeyMethodTests : IDisposable
{
    private const string Key = "03b0da749730dc9b4b1f4a14d6902877a92541f5368778853d9c4a0cb7802dcfb2";
    private const string LongKey = "04b0da749730dc9b4b1f4a14d6902877a92541f5368778853d9c4a0cb7802dcfb25e01fc8fde47c96c98a4f3a8123e33a38a50cf9025cc8c4494a518f991792bb7";
    private const string KeyHash = "5dd1d3a048119c27b28293056724d9522f26d945";
    private const string Signature = "304502207fa7a6d1e0ee81132a269ad84e68d695483745cde8b541e3bf630749894e342a022100c1f7ab20e13e22fb95281a870f3dcf38d782e53023ee313d741ad0cfbc0c509001";
    private const string Tprv = "tprv8ZgxMBicQKsPd7Uf69XL1XwhmjHopUGep8GuEiJDZmbQz6o58LninorQAfcKZWARbtRtfnLcJ5MQ2AtHcQJCCRUcMRvmDUjyEmNUWwx8UbK";
    private const string Tpub = "tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B";
    private const string FirstAddress = "bcrt1qjqmxmkpmxt80xz4y3746zgt0q3u3ferr34acd5";

    private readonly RpcBench _rpc = new(TestChains.Regtest);

    public void Dispose() => _rpc.Dispose();

    /// <summary>The cases of rpc_decodescript.py: what a script is, how it reads, and what it becomes in a witness.</summary>
    [Theory]
    [InlineData("48" + Signature, Signature, "nonstandard", "?")]
    [InlineData("5100", "1 0", "nonstandard", "?")]
    [InlineData("21" + Key + "ac", Key + " OP_CHECKSIG", "pubkey", "0 " + KeyHash)]
    [InlineData("76a914" + KeyHash + "88ac", "OP_DUP OP_HASH160 " + KeyHash + " OP_EQUALVERIFY OP_CHECKSIG", "pubkeyhash", "0 " + KeyHash)]
    [InlineData("5221" + Key + "21" + Key + "21" + Key + "53ae", "2 " + Key + " " + Key + " " + Key + " 3 OP_CHECKMULTISIG", "multisig", "?")]
    [InlineData("a914" + KeyHash + "87", "OP_HASH160 " + KeyHash + " OP_EQUAL", "scripthash", null)]
    [InlineData("6a48" + Signature, "OP_RETURN " + Signature, "nulldata", null)]
    [InlineData("6a00", "OP_RETURN 0", "nulldata", null)]
    [InlineData("6321" + Key + "ad670320a107b1756821" + Key + "ac", "OP_IF " + Key + " OP_CHECKSIGVERIFY OP_ELSE 500000 OP_CHECKLOCKTIMEVERIFY OP_DROP OP_ENDIF " + Key + " OP_CHECKSIG", "nonstandard", "?")]
    [InlineData("41" + LongKey + "ac", LongKey + " OP_CHECKSIG", "pubkey", null)]
    [InlineData("5221" + Key + "41" + LongKey + "52ae", "2 " + Key + " " + LongKey + " 2 OP_CHECKMULTISIG", "multisig", null)]
    [InlineData("0014" + KeyHash, "0 " + KeyHash, "witness_v0_keyhash", null)]
    [InlineData("51200101010101010101010101010101010101010101010101010101010101010101", "1 0101010101010101010101010101010101010101010101010101010101010101", "witness_v1_taproot", null)]
    [InlineData("4c", "[error]", "nonstandard", null)]
    public async Task DecodeScript_Published_AsmTypeAndWitness(string script, string asm, string type, string? segwit)
    {
        var json = Fields.Check(await _rpc.CallAsync("decodescript", Quote(script)), "asm:s desc:s address?:s type:s p2sh?:s segwit?:o");
        Assert.Equal((asm, type), (json["asm"]!.GetValue<string>(), json["type"]!.GetValue<string>()));
        Assert.Equal(segwit is not null, json.ContainsKey("segwit"));
        if (segwit is null) return;
        var inner = Fields.Check(json["segwit"], "asm:s desc:s hex:h address:s type:s p2sh-segwit:s");
        if (segwit != "?") Assert.Equal(segwit, inner["asm"]!.GetValue<string>());
    }

    [Fact]
    public async Task DecodeScript_NotHexadecimal_CoresWords() => await _rpc.FailsAsync(-8, "argument must be hexadecimal string (not 'xyz')", "decodescript", "\"xyz\"");

    [Fact]
    public async Task SignMessageWithPrivKey_Published_TheSameSignature()
    {
        const string PrivateKey = "\"cUeKHd5orzT3mz8P9pxyREHfsWtVfgsfDjiZZBcjUBAaGk1BTj7N\"";
        const string Message = "\"This is just a test message\"";
        const string Expected = "INbVnW4e6PeRmsv2Qgu8NuopvrVjkcxob+sX8OcZG0SALhWybUjzMLPdAsXI46YZGb0KQTRii+wWIQzRpG/U+S0=";
        const string Owner = "\"mpLQjfK79b7CCV4VMJWEWAj5Mpx8Up5zxB\"";
        Assert.Equal(Expected, await _rpc.TextAsync("signmessagewithprivkey", PrivateKey, Message));
        Assert.True((await _rpc.CallAsync("verifymessage", Owner, Quote(Expected), Message))!.GetValue<bool>());
        Assert.False((await _rpc.CallAsync("verifymessage", Owner, Quote(Expected), "\"another\""))!.GetValue<bool>());
        Assert.False((await _rpc.CallAsync("verifymessage", Quote(_rpc.AddressOf(Keys.Alice)), Quote(Expected), Message))!.GetValue<bool>());
        Assert.False((await _rpc.CallAsync("verifymessage", Owner, "\"AAAA\"", Message))!.GetValue<bool>());
        await _rpc.FailsAsync(-1, "signmessagewithprivkey", "signmessagewithprivkey", PrivateKey);
        await _rpc.FailsAsync(-5, "Invalid private key", "signmessagewithprivkey", "\"invalid_key\"", Message);
        await _rpc.FailsAsync(-5, "Invalid address", "verifymessage", "\"invalid_addr\"", Quote(Expected), Message);
        await _rpc.FailsAsync(-3, "Address does not refer to key", "verifymessage", Quote(FirstAddress), Quote(Expected), Message);
        await _rpc.FailsAsync(-3, "Malformed base64 encoding", "verifymessage", Owner, "\"invalid_sig\"", Message);
        await _rpc.FailsAsync(-1, "verifymessage", "verifymessage", Owner, Quote(Expected));
    }

    [Fact]
    public async Task CreateMultiSig_UncompressedKeys_LegacyWithAWarning()
    {
        var json = Fields.Check(await _rpc.CallAsync("createmultisig", "1", $"[{Quote(LongKey)}]", "\"bech32\""), "address:s redeemScript:h descriptor:s warnings:a");
        Assert.Equal("Unable to make chosen address type, please ensure no uncompressed public keys are present.", json["warnings"]![0]!.GetValue<string>());
        Assert.StartsWith($"sh(multi(1,{LongKey}))#", json["descriptor"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-5, "Pubkey \"01020304\" must have a length of either 33 or 65 bytes", "1", "[\"01020304\"]")]
    [InlineData(-5, "Pubkey \"xyz\" must be a hex string", "1", "[\"xyz\"]")]
    [InlineData(-5, "must be cryptographically valid.", "1", "[\"02ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"]")]
    [InlineData(-5, "createmultisig cannot create bech32m multisig addresses", "1", "[\"" + Key + "\"]", "\"bech32m\"")]
    [InlineData(-5, "Unknown address type 'wrong'", "1", "[\"" + Key + "\"]", "\"wrong\"")]
    [InlineData(-8, "a multisignature address must require at least one key to redeem", "0", "[\"" + Key + "\"]")]
    [InlineData(-8, "not enough keys supplied (got 1 keys, but need at least 2 to redeem)", "2", "[\"" + Key + "\"]")]
    [InlineData(-8, "Number of keys involved in the multisignature address creation > 20", "1", "21")]
    [InlineData(-8, "redeemScript exceeds size limit: 684 > 520", "16", "20")]
    [InlineData(-3, "JSON value of type string is not of expected type number", "\"1\"", "[]")]
    public Task CreateMultiSig_BadParameters_CoresWords(int code, string message, string required, string keys, string type = "\"legacy\"") =>
        _rpc.FailsAsync(code, message, "createmultisig", required, int.TryParse(keys, out var count) ? $"[{string.Join(',', Enumerable.Repeat(Quote(Key), count))}]" : keys, type);

    /// <summary>The cases of rpc_deriveaddresses.py.</summary>
    [Theory]
    [InlineData("wpkh(" + Tprv + "/1/1/0)#t6wfjs64", null, FirstAddress)]
    [InlineData("wpkh(" + Tpub + "/1/1/0)#s9ga3alw", null, FirstAddress)]
    [InlineData("wpkh(" + Tprv + "/1/1/*)#kft60nuy", "[1,2]", "bcrt1qhku5rq7jz8ulufe2y6fkcpnlvpsta7rq4442dy bcrt1qpgptk2gvshyl0s9lqshsmx932l9ccsv265tvaq")]
    [InlineData("wpkh(" + Tprv + "/1/1/*)#kft60nuy", "1", FirstAddress + " bcrt1qhku5rq7jz8ulufe2y6fkcpnlvpsta7rq4442dy")]
    [InlineData("combo(" + Tprv + "/1/1/0)", null, "mtfUoUax9L4tzXARpw1oTGxWyoogp52KhJ " + FirstAddress + " 2NDvEwGfpEqJWfybzpKPHF2XH3jwoQV3D7x")]
    public async Task DeriveAddresses_Published_TheAddresses(string descriptor, string? range, string expected)
    {
        if (!descriptor.Contains('#', StringComparison.Ordinal)) descriptor = await WithChecksumAsync(descriptor);
        var addresses = (await _rpc.CallAsync("deriveaddresses", range is null ? [Quote(descriptor)] : [Quote(descriptor), range]))!.AsArray();
        Assert.Equal(expected, string.Join(' ', addresses.Select(address => address!.GetValue<string>())));
    }

    [Theory]
    [InlineData(-5, "Missing checksum", "#a", null)]
    [InlineData(-5, "Provided checksum 'aaaaaaaa' does not match computed checksum 's9ga3alw'", "#wpkh(" + Tpub + "/1/1/0)#aaaaaaaa", null)]
    [InlineData(-5, "Expected 8 character checksum, not 1 characters", "#wpkh(" + Tpub + "/1/1/0)#a", null)]
    [InlineData(-5, "Multiple '#' symbols", "#a#b#c", null)]
    [InlineData(-8, "Range should not be specified for an un-ranged descriptor", "wpkh(" + Tprv + "/1/1/0)", "[0,2]")]
    [InlineData(-8, "Range must be specified for a ranged descriptor", "wpkh(" + Tprv + "/1/1/*)", null)]
    [InlineData(-8, "End of range is too high", "wpkh(" + Tprv + "/1/1/*)", "10000000000")]
    [InlineData(-8, "Range is too large", "wpkh(" + Tprv + "/1/1/*)", "[1000000000,2000000000]")]
    [InlineData(-8, "Range specified as [begin,end] must not have begin after end", "wpkh(" + Tprv + "/1/1/*)", "[2,0]")]
    [InlineData(-8, "Range should be greater or equal than 0", "wpkh(" + Tprv + "/1/1/*)", "[-1,0]")]
    [InlineData(-8, "Range must be specified as end or as [begin,end]", "wpkh(" + Tprv + "/1/1/*)", "\"a\"")]
    [InlineData(-5, "Cannot derive script without private keys", "wpkh(" + Tpub + "/1'/1/0)", null)]
    [InlineData(-5, "Descriptor does not have a corresponding address", "multi(1," + Tpub + "/1/1/0," + Tpub + "/1/1/1)", null)]
    public async Task DeriveAddresses_BadParameters_CoresWords(int code, string message, string descriptor, string? range)
    {
        descriptor = descriptor.StartsWith('#') ? descriptor[1..] : await WithChecksumAsync(descriptor);
        await _rpc.FailsAsync(code, message, "deriveaddresses", range is null ? [Quote(descriptor)] : [Quote(descriptor), range]);
    }

    /// <summary>The cases of rpc_getdescriptorinfo.py.</summary>
    [Theory]
    [InlineData("pk(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)", false)]
    [InlineData("sh(wsh(pkh(02e493dbf1c10d80f3581e4904930b1404cc6c13900ee0758474fa94abe8c4cd13)))", false)]
    [InlineData("multi(1,022f8bde4d1a07209355b4a7250a5c5128e88b84bddc619ab7cba8d569b240efe4,025cbdf0646e5db4eaa398f365f2ea7a0e3d419b7e0330e39ce92bddedcac4f9bc)", false)]
    [InlineData("pkh(" + Tpub + "/1'/2)", false)]
    [InlineData("pkh([d34db33f/44'/0'/0']" + Tpub + "/1/*)", true)]
    [InlineData("wsh(multi(1," + Tpub + "/1/0/*," + Tpub + "/0/0/*))", true)]
    [InlineData("tr(a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd,{pk(669b8afcec803a0d323e9a17f3ea8e68e8abe5a278020a929adbec52421adbd0),multi_a(1,669b8afcec803a0d323e9a17f3ea8e68e8abe5a278020a929adbec52421adbd0)})", false)]
    public async Task GetDescriptorInfo_Published_EveryField(string descriptor, bool isRange)
    {
        var json = Fields.Check(await _rpc.CallAsync("getdescriptorinfo", Quote(descriptor)), "descriptor:s checksum:s isrange:b issolvable:b hasprivatekeys:b");
        Assert.Equal($"{descriptor}#{json["checksum"]}", json["descriptor"]!.GetValue<string>());
        Assert.Equal((isRange, true, false), (json["isrange"]!.GetValue<bool>(), json["issolvable"]!.GetValue<bool>(), json["hasprivatekeys"]!.GetValue<bool>()));
        var again = await _rpc.CallAsync("getdescriptorinfo", Quote(json["descriptor"]!.GetValue<string>()));
        Assert.True(JsonNode.DeepEquals(json, again));
        Assert.True((await _rpc.CallAsync("getdescriptorinfo", Quote($"pkh({Tprv}/1h)")))!["hasprivatekeys"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("", "'' is not a valid descriptor function")]
    [InlineData("foo(bar)", "'foo(bar)' is not a valid descriptor function")]
    [InlineData("pk()", "pk(): No key provided")]
    [InlineData("pk(00)", "pk(): Pubkey '00' is invalid")]
    [InlineData("pk(xyz)", "pk(): key 'xyz' is not valid")]
    [InlineData("wpkh(" + LongKey + ")", "wpkh(): Uncompressed keys are not allowed")]
    [InlineData("pkh(" + Tpub + "/x)", "pkh(): Key path value 'x' is not a valid uint32")]
    [InlineData("pkh(" + Tpub + "/2147483648)", "pkh(): Key path value 2147483648 is out of range")]
    [InlineData("pkh([aaaaaaa]" + Key + ")", "pkh(): Fingerprint is not 4 bytes (7 characters instead of 8 characters)")]
    [InlineData("pkh([aaagaaaa]" + Key + ")", "pkh(): Fingerprint 'aaagaaaa' is not hex")]
    [InlineData("pkh(aaaaaaaa]" + Key + ")", "pkh(): Key origin start '[ character expected but not found, got 'a' instead")]
    [InlineData("multi(a," + Key + ")", "Multi threshold 'a' is not valid")]
    [InlineData("multi(0," + Key + ")", "Multisig threshold cannot be 0, must be at least 1")]
    [InlineData("multi(2," + Key + ")", "Multisig threshold cannot be larger than the number of keys; threshold is 2 but only 1 keys specified")]
    [InlineData("multi(1," + Key + "," + Key + "," + Key + "," + Key + ")", "Cannot have 4 pubkeys in bare multisig; only at most 3 pubkeys")]
    [InlineData("sh(sh(pk(" + Key + ")))", "Can only have sh() at top level")]
    [InlineData("wsh(wsh(pk(" + Key + ")))", "Can only have wsh() at top level or inside sh()")]
    [InlineData("wsh(wpkh(" + Key + "))", "Can only have wpkh() at top level or inside sh()")]
    [InlineData("sh(" + Key + ")", "A function is needed within P2SH")]
    [InlineData("wsh(combo(" + Key + "))", "Can only have combo() at top level")]
    [InlineData("raw(xyz)", "Raw script is not hex")]
    [InlineData("addr(xyz)", "Address is not valid")]
    [InlineData("pk(é)", "Invalid characters in payload")]
    public Task GetDescriptorInfo_NoDescriptor_CoresWords(string descriptor, string message) => _rpc.FailsAsync(-5, message, "getdescriptorinfo", Quote(descriptor));

    [Fact]
    public async Task GetDescriptorInfo_NoText_CoresWords() => await _rpc.FailsAsync(-3, "JSON value of type number is not of expected type string", "getdescriptorinfo", "1");

    private async Task<string> WithChecksumAsync(string descriptor) =>
        $"{descriptor}#{(await _rpc.CallAsync("getdescriptorinfo", Quote(descriptor)))!["checksum"]}";
}
