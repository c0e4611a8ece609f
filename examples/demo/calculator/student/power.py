def power(a, n):
@    @power@@
